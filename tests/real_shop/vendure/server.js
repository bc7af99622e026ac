// A Vendure shop in memory, for tests: one process, one port, no data kept.
const core = require('@vendure/core');
const { WebhookPlugin } = require('./webhook-plugin');

core
  .bootstrap({
    apiOptions: { port: +process.env.PORT, hostname: '127.0.0.1', adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
    authOptions: {
      tokenMethod: ['bearer'],
      requireVerification: false,
      superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
      cookieOptions: { secret: 'test' },
    },
    dbConnectionOptions: { type: 'sqljs', synchronize: true, autoSave: false },
    paymentOptions: { paymentMethodHandlers: [core.dummyPaymentHandler] },
    defaultLanguageCode: core.LanguageCode.zh_Hans,
    logger: new core.DefaultLogger({ level: core.LogLevel.Error }),
    plugins: [WebhookPlugin, core.DefaultJobQueuePlugin.init({ pollInterval: 500 })],
  })
  .then(async (app) => {
    await app.get(core.JobQueueService).start();
    console.log('READY');
  });
