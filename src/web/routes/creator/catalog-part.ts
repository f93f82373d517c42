import { redirect } from 'react-router'
import { paths } from '../../paths.ts'
import type { Route } from './+types/catalog-part'

/** A part of the catalogue has no page of its own: it is a sheet of the catalogue. */
export function loader({ params }: Route.LoaderArgs) {
  throw redirect(`${paths.catalog(params.campaign)}#${encodeURIComponent(params.part)}`)
}
