import { Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import { type ContentsEntry, ContentsList } from './pledge-parts.tsx'

/** A parcel that left. */
export interface ParcelProps {
  id: string
  /** '' where nobody said */
  carrier: string
  number: string
  /** where it can be followed; null where nobody knows */
  link: string | null
  /** ISO */
  left_at: string
  contents: ContentsEntry[]
}

/** Carrier, number and link of each parcel. With several it also says what is in which. */
export function ParcelsSheet({ parcels }: { parcels: readonly ParcelProps[] }) {
  if (parcels.length === 0) return null
  return (
    <Sheet title={parcels.length === 1 ? 'Your parcel' : `Your ${parcels.length} parcels`}>
      <ul className="plain-list parcels">
        {parcels.map((parcel) => (
          <li key={parcel.id}>
            Left on <Time at={parcel.left_at} as="day" />
            {parcel.carrier && (
              <>
                {' '}
                with <bdi>{parcel.carrier}</bdi>
              </>
            )}
            {parcel.number ? (
              <>
                , number <bdi className="parcel-number">{parcel.number}</bdi>
              </>
            ) : (
              ', without a tracking number'
            )}
            .
            {parcel.link && (
              <>
                {' '}
                <a href={parcel.link} rel="noreferrer">
                  Follow it<span className="visually-hidden"> at the carrier</span>
                </a>
              </>
            )}
            {parcels.length > 1 && <ContentsList entries={parcel.contents} />}
          </li>
        ))}
      </ul>
    </Sheet>
  )
}
