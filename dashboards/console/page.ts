// What a page of the console is, and what it is given.

import type { Api } from './api/api.ts'
import type { AlertFeed } from './feed/alert-feed.ts'
import type { Place } from './place.ts'

/** Time as the entry file hands it out. */
export interface Clock {
  /** Epoch ms. */
  now(): number
  /** Runs once, unless it is taken back before. */
  after(ms: number, run: () => void): () => void
  /** 0 to 1. */
  random(): number
}

/** Whose data is looked at. */
export interface Scope {
  /** Undefined: that of the settings. */
  readonly tenant: string | undefined
  readonly realm: string
}

export interface PageContext {
  readonly api: Api
  readonly feed: AlertFeed
  readonly clock: Clock
  readonly place: Place
  readonly scope: Scope
  /** Where the page stands; empty at first. */
  readonly main: HTMLElement
  /** Aborted when somebody goes elsewhere: what listens or waits ends with it. */
  readonly gone: AbortSignal
  /** The address of a place in the scope of now. */
  link(path: readonly string[], query?: Readonly<Record<string, string | undefined>>): string
  go(path: readonly string[], query?: Readonly<Record<string, string | undefined>>): void
  /** Tells those who listen instead of looking. */
  say(text: string): void
}

export interface Page {
  /** First part of its place. */
  readonly id: string
  /** In the menu and the title of the window. */
  readonly title: string
  /** `g` and this letter lead there; a page without is reached from others. */
  readonly letter?: string
  /** Whether it has its use here; without it, it has. */
  isOffered?(api: Api, signal: AbortSignal): Promise<boolean>
  /** Builds itself. What it rejects with is shown in its place. */
  show(context: PageContext): Promise<void>
}
