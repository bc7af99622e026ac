/**
 * The console's pages. A folder under `features/` with a `feature.ts` tells its pages and its words, and is found
 * by itself: router, rail, tabs and languages are made from these manifests.
 */

import type { Component } from 'vue'

/** The nouns of the left rail, in their order. */
export const GROUPS = [
  'today', 'conversations', 'knowledge', 'rules', 'marketing', 'insights', 'channels', 'team', 'settings',
] as const
export type Group = (typeof GROUPS)[number]

/** Words of a feature, reached as `<feature name>.<key>`. */
export interface Words {
  [key: string]: string | Words
}

export interface FeaturePage {
  /** Route name, unique in the console. */
  name: string
  /** Address below `/console/`. */
  path: string
  /** Key of the page's name, such as `health.nav`. */
  label: string
  component: () => Promise<{ default: Component }>
  /** Roles that may see the page; everybody when it is missing. */
  roles?: string[]
  /** Names in the address that go along to other pages that keep them too, such as a period. */
  keeps?: readonly string[]
  /** Not a tab: reached from another page only. */
  isHidden?: boolean
}

export interface Feature {
  name: string
  group: Group
  /** Place among the group's features. */
  order: number
  pages: FeaturePage[]
  zh: Words
  en: Words
}

/** Checks a manifest's shape where it is written. */
export function defineFeature(feature: Feature): Feature {
  return feature
}

const found = import.meta.glob<{ default: Feature }>('./features/*/feature.ts', { eager: true })

export const FEATURES: Feature[] = Object.values(found)
  .map((module) => module.default)
  .sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group) || a.order - b.order)

export function wordsOf(language: 'zh' | 'en'): Record<string, Words> {
  return Object.fromEntries(FEATURES.map((feature) => [feature.name, feature[language]]))
}

/** The pages of a group that a role may open, in order. */
export function pagesOf(group: Group, role: string): FeaturePage[] {
  return FEATURES.filter((feature) => feature.group === group)
    .flatMap((feature) => feature.pages)
    .filter((page) => !page.isHidden && (!page.roles || page.roles.includes(role)))
}
