import { signal } from '@preact/signals'

/** The question for the person's password that is open; `answer` closes it. */
export const confirming = signal<{ answer(confirmed: boolean): void } | null>(null)

let asked: Promise<boolean> | null = null

/** Asks for the password, once for all that wait for it; whether the person gave it. */
export function askToConfirm(): Promise<boolean> {
  asked ??= new Promise<boolean>((resolve) => {
    confirming.value = {
      answer(confirmed) {
        confirming.value = null
        asked = null
        resolve(confirmed)
      },
    }
  })
  return asked
}
