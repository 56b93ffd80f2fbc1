// Every page of the console, in the order of the menu. To add one: its file, and its line here.

import type { Page } from './page.ts'
import { alertPage } from './pages/alert/alert.ts'
import { alertsPage } from './pages/alerts/alerts.ts'

export const pages: readonly Page[] = [alertsPage, alertPage]
