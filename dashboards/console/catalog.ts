// Every page of the console, in the order of the menu. To add one: its file, and its line here.

import type { Page } from './page.ts'
import { alertPage } from './pages/alert/alert.ts'
import { alertsPage } from './pages/alerts/alerts.ts'
import { exercisesPage } from './pages/exercises/exercises.ts'
import { listsPage } from './pages/lists/lists.ts'
import { mapPage } from './pages/map/map.ts'
import { searchPage } from './pages/search/search.ts'
import { sourcesPage } from './pages/sources/sources.ts'
import { startPage } from './pages/start.ts'
import { subjectPage } from './pages/subject/subject.ts'

export const pages: readonly Page[] = [
  startPage,
  alertsPage,
  alertPage,
  searchPage,
  subjectPage,
  mapPage,
  sourcesPage,
  exercisesPage,
  listsPage,
]
