import type { RefObject } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { SCREENS } from '../../../http/page-addresses'
import { go, scrollBefore } from '../address/router'
import { may } from '../connection/session'
import { call } from '../connection/socket'
import { Button } from '../controls/button'
import { Face, isAway, OfflineFace, Waiting } from '../controls/face'
import { type ListHandle, VirtualList } from '../controls/rows/virtual-list'
import { sentences } from '../language/language'
import { SavePlaylist } from '../playlists/save-playlist'
import {
  arrivals,
  clearQueue,
  currentTlid,
  entries,
  look,
  queueLength,
  queueLoaded,
  queueProblem,
  refreshQueue,
  shuffleQueue,
} from './queue'
import { ArrivalRow, GhostRow, QueueRow, QueueSheet } from './queue-row'
import { useReorder } from './reorder'
import { ROW_HEIGHT } from './row-height'
import './queue.css'

/** The queue: each song with the person who added it and the time at which it starts. */
export function QueueScreen() {
  const words = sentences()
  const handle = useRef<ListHandle>(null)
  const reorder = useReorder(handle)
  const [saving, setSaving] = useState(false)
  const [opened, setOpened] = useState<number | null>(null)
  const show = useCallback(look, [])
  const isLoaded = queueLoaded.value
  useEffect(() => {
    if (isLoaded) goToCurrent(handle)
  }, [isLoaded])
  if (isAway()) return <OfflineFace />
  if (!queueLoaded.value)
    return queueProblem.value === null ? (
      <Waiting rows={8} />
    ) : (
      <Face icon="offline" title={queueProblem.value}>
        <Button onClick={refreshQueue}>{words.retry}</Button>
      </Face>
    )
  const [all, coming] = [entries.value, arrivals.value]
  if (queueLength.value === 0)
    return (
      <Face icon="queue" title={words.emptyQueue} hint={words.emptyQueueHint}>
        {may('queue.add') && (
          <Button icon="plus" class="primary" onClick={() => go(SCREENS.search)}>
            {words.addSong}
          </Button>
        )}
      </Face>
    )
  const [playing, drag, mayEdit] = [currentTlid.value, reorder.drag.value, may('queue.edit')]
  const current = all.findIndex((entry) => entry?.tlid === playing)
  return (
    <div class="queue">
      <div class="tools">
        <p class="count">{words.tracks(queueLength.value)}</p>
        {current > 5 && (
          <Button icon="down" onClick={() => handle.current?.scrollTo(current)}>
            {words.now}
          </Button>
        )}
        {may('queue.edit') && (
          <Button icon="dice" onClick={shuffleQueue}>
            {words.shuffle}
          </Button>
        )}
        {may('playlists.save') && (
          <Button icon="save" onClick={() => setSaving(true)}>
            {words.saveQueue}
          </Button>
        )}
        {may('queue.edit') && (
          <Button icon="trash" onClick={clearQueue}>
            {words.clear}
          </Button>
        )}
      </div>
      <VirtualList
        count={queueLength.value}
        rowHeight={ROW_HEIGHT}
        headroom={TOOLS_HEIGHT}
        label={words.queue}
        handle={handle}
        onShow={show}
        render={(index) => {
          const entry = all[index]
          const arrival = coming[index - all.length]
          if (arrival !== undefined) return <ArrivalRow arrival={arrival} />
          if (entry === undefined) return <GhostRow />
          return (
            <QueueRow
              entry={entry}
              index={index}
              isCurrent={entry.tlid === playing}
              mayEdit={mayEdit}
              drag={drag}
              reorder={reorder}
              onOpen={({ tlid }) => setOpened(tlid)}
            />
          )
        }}
      />
      <p class="unseen" role="status">
        {reorder.announcement.value}
      </p>
      {opened !== null && (
        <QueueSheet tlid={opened} reorder={reorder} onClose={() => setOpened(null)} />
      )}
      {saving && <SavePlaylist onClose={() => setSaving(false)} />}
    </div>
  )
}

const SEEN_ANYWAY = 4
/** Height of the buttons that stay at the top, in pixels. */
const TOOLS_HEIGHT = 60

/** Scrolls a long queue to the song that plays, unless "back" restores an earlier position. */
async function goToCurrent(list: RefObject<ListHandle | null>): Promise<void> {
  if (scrollBefore() > 0) return
  const index = await call<number | null>('core.tracklist.index').catch(() => null)
  if (index !== null && index > SEEN_ANYWAY) list.current?.scrollTo(index - 1)
}
