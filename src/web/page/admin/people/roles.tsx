import { useState } from 'preact/hooks'
import { Answered, useAnswer } from '../../controls/answer'
import { Button } from '../../controls/button'
import { Field, Form, Tick } from '../../controls/forms/field'
import { say as announce, complain } from '../../shell/toasts'
import { adminApi, type RoleLimits, type RoleList, type RoleRules } from '../admin-api'
import { reasonFor, words } from '../words'
import './roles.css'

const MS_A_MINUTE = 60_000

/** The permissions and limits of members and guests. */
export function Roles() {
  const say = words()
  const answer = useAnswer('roles', adminApi.roles)
  return (
    <>
      <p class="note">{say.rolesHint}</p>
      <Answered answer={answer}>
        {({ roles, permissions }) => (
          <div class="roles">
            {roles
              .filter(({ role }) => role !== 'admin')
              .toReversed()
              .map((rules) => (
                // The key makes a new form when the rules change: the inputs are uncontrolled, and
                // keep their values otherwise.
                <RoleForm
                  key={JSON.stringify(rules)}
                  rules={rules}
                  permissions={permissions.filter((permission) => !permission.admins_only)}
                  onChange={answer.again}
                />
              ))}
          </div>
        )}
      </Answered>
    </>
  )
}

type RoleFormOptions = {
  rules: RoleRules
  permissions: RoleList['permissions']
  onChange(): void
}

function RoleForm({ rules, permissions, onChange }: RoleFormOptions) {
  const say = words()
  const [edited, setEdited] = useState(false)
  const { role, limits } = rules
  const save = async (values: FormData) => {
    const granted = values.getAll('permission').map(String)
    // The browser does not send a disabled box, so the permission `see` is added here.
    const fixed = permissions.filter(({ name }) => name === 'see').map(({ name }) => name)
    await adminApi.changeRole(role, {
      permissions: [...new Set([...fixed, ...granted])],
      limits: limitsIn(values),
    })
    announce(say.saved)
    onChange()
  }
  async function reset() {
    try {
      await adminApi.resetRole(role)
      announce(say.saved)
    } catch (error) {
      complain(reasonFor(error))
    }
    onChange()
  }
  return (
    <section class="panel" aria-label={say.roleNames[role]} onInput={() => setEdited(true)}>
      <h2>{say.roleNames[role]}</h2>
      <Form submit={say.save} onSubmit={save} reasonFor={reasonFor}>
        <fieldset>
          <legend>{say.mayDo}</legend>
          {permissions.map(({ name, allows }) => (
            <Tick
              key={name}
              label={say.permissions[name] ?? allows}
              name="permission"
              value={name}
              defaultChecked={rules.permissions.includes(name)}
              disabled={name === 'see'}
            />
          ))}
        </fieldset>
        <fieldset>
          <legend>{say.limits}</legend>
          <Amount label={say.maxQueued} name="max_queued" value={limits.max_queued} max={10_000} />
          <Amount
            label={say.addsPerMinute}
            name="adds_per_minute"
            value={limits.adds_per_minute}
            max={10_000}
          />
          <Amount
            label={say.longestTrack}
            name="longest_track"
            value={limits.longest_track_ms === null ? null : limits.longest_track_ms / MS_A_MINUTE}
            max={10_080}
            step="any"
          />
          <Amount
            label={say.volumeCeiling}
            name="volume_ceiling"
            value={limits.volume_ceiling}
            min={0}
            max={100}
          />
          <Field
            label={say.uriSchemes}
            name="uri_schemes"
            defaultValue={limits.uri_schemes?.join(', ') ?? ''}
            placeholder={say.noLimit}
            autocapitalize="none"
            autocomplete="off"
          />
          <Amount
            label={say.importRows}
            name="import_rows_per_day"
            value={limits.import_rows_per_day}
            max={100_000_000}
          />
          <Amount
            label={say.importMebibytes}
            name="import_mib_per_day"
            value={limits.import_mib_per_day}
            max={1_000_000}
          />
        </fieldset>
        <p class="edited">{edited ? say.unsaved : ''}</p>
      </Form>
      {rules.changed && (
        <Button icon="back" class="wide" onClick={reset}>
          {say.defaults}
        </Button>
      )}
    </section>
  )
}

type AmountOptions = {
  label: string
  name: string
  value: number | null
  max: number
  min?: number
  step?: string
}

/** A limit as a number; an empty field means no limit. */
function Amount({ label, name, value, max, min = 1, step = '1' }: AmountOptions) {
  return (
    <Field
      label={label}
      name={name}
      type="number"
      inputMode="decimal"
      min={step === 'any' ? 0.1 : min}
      max={max}
      step={step}
      defaultValue={value === null ? '' : String(value)}
      placeholder={words().noLimit}
    />
  )
}

function limitsIn(values: FormData): RoleLimits {
  const numberOf = (name: string) => {
    const text = String(values.get(name) ?? '').trim()
    return text === '' ? null : Number(text)
  }
  const minutes = numberOf('longest_track')
  const schemes = String(values.get('uri_schemes') ?? '')
    .split(/[\s,]+/)
    .map((scheme) => scheme.replace(/:$/, ''))
    .filter(Boolean)
  return {
    max_queued: numberOf('max_queued'),
    adds_per_minute: numberOf('adds_per_minute'),
    longest_track_ms: minutes === null ? null : Math.round(minutes * MS_A_MINUTE),
    volume_ceiling: numberOf('volume_ceiling'),
    uri_schemes: schemes.length === 0 ? null : schemes,
    import_rows_per_day: numberOf('import_rows_per_day'),
    import_mib_per_day: numberOf('import_mib_per_day'),
  }
}
