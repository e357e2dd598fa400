/** The events of the security log: logins, failed logins, and changes of accounts. */
export const SECURITY_EVENTS = [
  'login',
  'login_failed',
  'login_locked',
  'logout',
  'session_ended',
  'password_changed',
  'password_set',
  'user_created',
  'user_renamed',
  'user_enabled',
  'user_disabled',
  'user_deleted',
  'role_changed',
  'registered',
  'invite_created',
  'invite_ended',
  'key_created',
  'key_revoked',
  'key_limited',
  'role_rules_changed',
  'brought_removed',
] as const

export type SecurityEventType = (typeof SECURITY_EVENTS)[number]
