import { useEffect, useRef } from 'preact/hooks'
import { Button } from '../controls/button'
import { Sheet } from '../controls/sheet'
import { sentences } from '../language/language'
import { saveQueue } from './playlists'
import './name-form.css'

export function SavePlaylist({ onClose }: { onClose(): void }) {
  const date = new Date().toLocaleDateString('sv')
  return (
    <NameSheet title={sentences().saveQueue} name={date} onClose={onClose} onName={saveQueue} />
  )
}

type NameSheetOptions = {
  title: string
  name: string
  onClose(): void
  onName(name: string): unknown
}

/** Asks for the name of a playlist. */
export function NameSheet({ title, name, onClose, onName }: NameSheetOptions) {
  const words = sentences()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.select(), [])
  return (
    <Sheet title={title} onClose={onClose}>
      <form
        class="name-form"
        onSubmit={(event) => {
          event.preventDefault()
          const chosen = new FormData(event.currentTarget).get('name')
          onClose()
          onName(String(chosen).trim())
        }}
      >
        <label for="playlist-name">{words.playlistName}</label>
        <input
          id="playlist-name"
          name="name"
          defaultValue={name}
          maxLength={100}
          pattern=".*\S.*"
          required
          ref={input}
        />
        <Button type="submit" class="primary wide">
          {words.save}
        </Button>
      </form>
    </Sheet>
  )
}
