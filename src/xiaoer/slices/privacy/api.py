"""Masking (脱敏): what flows and pages use to show, log, index or pass on personal data."""

from xiaoer.slices.privacy.rules import hiding, masks

mask_text = hiding.mask_text
hide_personal = hiding.hide_personal
restore_personal = hiding.restore_personal
mask_phone = masks.mask_phone
mask_landline = masks.mask_landline
mask_name = masks.mask_name
mask_address = masks.mask_address
mask_id_card = masks.mask_id_card
mask_bank_card = masks.mask_bank_card
mask_email = masks.mask_email
mask_waybill = masks.mask_waybill
mask_order_no = masks.mask_order_no
