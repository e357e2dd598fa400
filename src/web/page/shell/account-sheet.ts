import { signal } from '@preact/signals'

/** The open sheet of the person's own account; `first-password` covers the page until it is changed. */
export const accountSheet = signal<'password' | 'sessions' | 'keys' | 'first-password' | null>(null)
