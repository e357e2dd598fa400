import { SCREENS } from '../../../http/page-addresses'
import { follow } from '../address/router'
import { Person } from '../controls/rows/person'
import { sentences } from '../language/language'
import { ComingSongs } from '../queue/coming-songs'
import { upNext } from '../queue/queue'

/** The next five songs, each with the person who queued it. */
export function UpNext() {
  const entries = upNext.value
  if (entries.length === 0) return null
  return (
    <section class="up-next">
      <div class="section-head">
        <h2>{sentences().upNext}</h2>
        <a href={SCREENS.queue} onClick={follow}>
          {sentences().wholeQueue}
        </a>
      </div>
      <ComingSongs
        entries={entries}
        hintOf={({ artist, queued_by: person }) => (
          <>
            {artist && `${artist} · `}
            <Person person={person} />
          </>
        )}
      />
    </section>
  )
}
