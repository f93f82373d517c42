import { noEntry } from './pledge.server.ts'

/** A link that lost its end in a mail program: the layout's page says what to do. */
export function loader() {
  throw noEntry()
}

/** Never shown. */
export default function CutLink() {
  return null
}
