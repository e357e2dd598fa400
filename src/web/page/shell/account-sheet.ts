import { signal } from '@preact/signals'

/** What of the own account is open; a first password has to be changed before anything else. */
export const accountSheet = signal<'password' | 'sessions' | 'keys' | 'first-password' | null>(null)
