import { Eye } from 'lucide-react'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { isCountry } from '../../../domain/shipping/country-formats.ts'
import { sampleSurvey } from '../../../domain/surveys/sample-survey.ts'
import { countriesByName } from '../../../lib/countries.ts'
import { BackerPage } from '../../components/backer/backer-page.tsx'
import { WholeSurvey } from '../../components/survey/whole-survey.tsx'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { ReaderProvider } from '../../ui/reader.tsx'
import type { Route } from './+types/preview'
import { frameOf } from './pledge.server.ts'
import { requireStaff } from './staff.server.ts'
import { wholeSurvey } from './whole-survey.server.ts'

/** A pledge without reward in the address bar. */
const NO_REWARD = 'none'

/** The survey as any level in any country sees it. Staff only; another account's campaign is not there. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireStaff(args)
  const now = deps.clock.now()
  const catalog = await loadCatalog(deps.db, campaign.id)
  const query = new URL(args.request.url).searchParams
  const asked = query.get('level')
  const level = asked === NO_REWARD ? null : (catalog.levels.find(({ id }) => id === asked) ?? catalog.levels[0] ?? null)
  const named = query.get('country') ?? ''
  const country = isCountry(named) ? named : campaign.ship_from_country
  const view = sampleSurvey(campaign, catalog, { level_id: level?.id ?? null, country, now })
  return {
    frame: frameOf(campaign, now),
    survey: wholeSurvey(view),
    level: level?.id ?? NO_REWARD,
    levels: [
      ...catalog.levels.map(({ id, name }) => ({ value: id, label: name })),
      { value: NO_REWARD, label: 'Pledge without reward' },
    ],
    country,
    countries: countriesByName(),
    back_to: paths.survey(campaign.id),
  }
}

export function meta({ loaderData }: Route.MetaArgs) {
  return loaderData ? [{ title: `Survey preview · ${loaderData.frame.campaign.name}` }] : []
}

export default function Preview({ loaderData }: Route.ComponentProps) {
  const { frame, survey, level, levels, country, countries, back_to } = loaderData
  return (
    <ReaderProvider reader={{ locale: 'en', time_zone: frame.time_zone, now: frame.now }}>
      <BackerPage campaign={frame.campaign} foot={<a href={back_to}>Back to the survey</a>}>
        <Note icon={Eye}>
          <b>Preview.</b> This is what a backer sees who pledged exactly this level. Nothing can be typed here.
        </Note>
        <h1>The survey, step by step</h1>
        <form method="get" className="stack">
          <SelectField name="level" label="Pledge level" options={levels} defaultValue={level} />
          <SelectField name="country" label="Goes to" options={countries} defaultValue={country} />
          <Button variant="primary" wide>
            Show this survey
          </Button>
        </form>
        <WholeSurvey survey={survey} />
      </BackerPage>
    </ReaderProvider>
  )
}
