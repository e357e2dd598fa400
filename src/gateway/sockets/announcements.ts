import type { MopidyEvent } from '../../mopidy/events'
import type { Mopidy, Status } from '../../mopidy/mopidy'
import * as mopidyDialect from '../dialects/mopidy'
import { toClient } from '../dialects/own'
import type { Client } from './client'
import type { Connections } from './connections'
import { createOutbox, type OutboxBounds } from './outbox'

/** The topics that events are published to, one a dialect. */
const TOPIC = { own: 'own', mopidy: 'mopidy' } as const

export type Announcements = ReturnType<typeof createAnnouncements>
type AnnouncementsOptions = {
  connections: Connections
  mopidy: Pick<Mopidy, 'status'>
  limits: OutboxBounds
  /** Sends a text to every socket that is subscribed to the topic. */
  publish: (topic: string, text: string) => void
}

/**
 * What goes out to clients: events to all who are signed in, each in its dialect, and texts to one. An
 * event is put into words once for each dialect; the server copies it to the sockets.
 */
export function createAnnouncements({
  connections,
  mopidy,
  limits,
  publish,
}: AnnouncementsOptions) {
  const outbox = createOutbox({
    limits,
    onBusy: (client) => client.socket.unsubscribe(topicOf(client)),
    onFree: (client) => client.socket.subscribe(topicOf(client)),
    onStuck: connections.cutOff,
  })

  function publishBoth(own: string, mopidy: string): void {
    publish(TOPIC.own, own)
    publish(TOPIC.mopidy, mopidy)
    outbox.publish((client) => (topicOf(client) === TOPIC.own ? own : mopidy))
  }

  /** Sends one client a text, after what it has not taken yet; `release` is called once it has it. */
  function send(client: Client, text: string, release?: () => void): void {
    if (client.socket.readyState === WebSocket.OPEN) outbox.send(client, text, release)
    else release?.()
  }

  return {
    event: (event: MopidyEvent): void => publishBoth(toClient.event(event), event.text),

    /** Sends an event that Mopidy does not have, to those who speak Musakone's own dialect. */
    ownEvent(name: string, data: Readonly<Record<string, unknown>>): void {
      const text = toClient.event({ name, data })
      publish(TOPIC.own, text)
      outbox.publish((client) => (topicOf(client) === TOPIC.own ? text : undefined))
    },

    status: (status: Status): void =>
      publishBoth(toClient.status(status), mopidyDialect.statusEvent(status)),

    /** From now on the client gets the events. */
    subscribe: (client: Client): void => void client.socket.subscribe(topicOf(client)),

    /** From now on the client speaks Mopidy's dialect, and gets the events in it. */
    speakMopidy(client: Client): void {
      client.socket.unsubscribe(topicOf(client))
      client.dialect = 'mopidy'
      client.socket.subscribe(topicOf(client))
    },

    send,

    /** Tells one client that Mopidy is offline, if it is. */
    tellIfOffline(client: Client): void {
      const status = mopidy.status()
      if (!status.online) send(client, toClient.status(status))
    },

    drained: outbox.drained,
    forget: outbox.forget,
    sweep: outbox.sweep,
  }
}

function topicOf({ dialect }: Client): string {
  return dialect === 'mopidy' ? TOPIC.mopidy : TOPIC.own
}
