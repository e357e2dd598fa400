import { german, say, translatePage } from '/login/words.js'

const UNREACHABLE = 'Musakone does not answer. Try again in a moment.'
const REASONS = {
  closed: 'Nobody can make an account here by themselves. Ask whoever runs the music.',
  invite: 'An account is made with an invite here. Ask whoever runs the music for a link.',
}

const parts = ['waiting', 'join', 'known', 'refused'].map(byId)
const form = byId('join')
const { name: nameField, password: passwordField } = form.elements
let code

form.addEventListener('submit', join)
byId('go-on').addEventListener('click', goOn)
byId('somebody-else').addEventListener('click', () => show('join'))
// A code that is scanned into the open page changes only the fragment.
addEventListener('hashchange', begin)
translatePage()
begin()

/** Shows the part of the page for the session and the invite that the browser has. */
async function begin() {
  code = location.hash.slice(1)
  show('waiting')
  try {
    const [user, invitation] = await Promise.all([whoIsIn(), invitationOf(code)])
    if (invitation.reason === undefined) prepare(invitation)
    else byId('reason').textContent = invitation.reason.map(say).join(' ')
    if (user === undefined) return show(invitation.reason === undefined ? 'join' : 'refused')
    greet(user)
    byId('somebody-else').hidden = invitation.reason !== undefined
    show('known')
  } catch (error) {
    byId('reason').textContent = say(error.message)
    show('refused')
  }
}

/** The account whose session this browser has. */
async function whoIsIn() {
  const { reply: session } = await ask('/api/auth/signed-in')
  if (!session.signed_in) return undefined
  const { status, reply } = await ask('/api/auth/me')
  return status === 200 ? reply : undefined
}

/** Shows the form for an invite or for open registration, or the reason why there is neither. */
async function invitationOf(code) {
  if (code === '') {
    const { reply } = await ask('/api/auth/registration')
    if (reply.policy !== 'open') return { reason: [REASONS[reply.policy] ?? UNREACHABLE] }
    const terms = say('Choose a name and a password.')
    return { name: say('Make an account'), password: true, terms }
  }
  const { status, reply } = await ask('/api/auth/invite', { code })
  if (status === 200) return { ...reply, terms: termsOf(reply) }
  return { reason: [reply.message, ...(status === 404 ? ['Ask for a new one.'] : [])] }
}

function termsOf({ role, expires_at: end, password }) {
  if (password) return say(`You are invited as a ${role}. Choose a name and a password.`)
  if (german)
    return `Du bist eingeladen. Wähle einen Spitznamen, und du bist dabei bis ${when(end)}.`
  return `You are invited. Choose a nickname, and you are in until ${when(end)}.`
}

/** Like `11:27`, `tomorrow 11:27` or `Sat 12 September, 11:27`. */
function when(seconds) {
  const locale = german ? 'de' : 'en-GB'
  const end = new Date(seconds * 1000)
  const time = end.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' })
  const day = new Date()
  if (end.toDateString() === day.toDateString()) return time
  const year = end.getFullYear() === day.getFullYear() ? {} : { year: 'numeric' }
  day.setDate(day.getDate() + 1)
  if (end.toDateString() === day.toDateString())
    return `${german ? 'morgen' : 'tomorrow'}\u00a0${time}`
  const date = { weekday: 'short', day: 'numeric', month: 'long', ...year }
  return `${end.toLocaleDateString(locale, date)}, ${time}`
}

function prepare({ name, password, terms }) {
  byId('occasion').textContent = name || say('Join in')
  byId('terms').textContent = terms
  byId('password-part').hidden = !password
  byId('log-in-instead').hidden = !password
  passwordField.disabled = !password
  document.querySelector('label[for=name]').textContent = say(password ? 'Name' : 'Nickname')
  nameField.autocomplete = password ? 'username' : 'nickname'
  nameField.autocapitalize = password ? 'none' : 'words'
  byId('name-rule').textContent = say(
    password ? 'One word, as the others will see it.' : 'As the others will see it.',
  )
  problem('')
}

async function join(event) {
  event.preventDefault()
  const button = form.querySelector('button')
  problem('')
  button.disabled = true
  try {
    // Keyboards of phones like to end a word with a space.
    const name = nameField.value.trim()
    const asGuest = passwordField.disabled
    // A name that is refused is corrected here, so that nobody has to type another.
    const registration = { username: asGuest ? name.replace(/\s+/g, '-') : name }
    if (!asGuest) registration.password = passwordField.value
    if (code !== '') registration.invite = code
    const { status, reply } = await ask('/api/auth/register', registration)
    if (status === 201) goOn()
    else {
      if (asGuest && reply.error === 'name_taken') nameField.value = another(registration.username)
      problem(reply.message ?? UNREACHABLE)
    }
  } catch (error) {
    problem(error.message)
  }
  button.disabled = false
}

/** `Anna` becomes `Anna-2`, and that `Anna-3`. */
function another(name) {
  const [, stem, number = 1] = /^(.*?)(?:-(\d{1,3}))?$/.exec(name)
  return `${[...stem].slice(0, 60).join('')}-${Number(number) + 1}`
}

function problem(sentence) {
  form.querySelector('.problem').textContent = say(sentence)
  if (sentence === '') return
  const field = /password/i.test(sentence) && !passwordField.disabled ? passwordField : nameField
  field.select()
}

function greet({ username }) {
  for (const place of document.querySelectorAll('.who')) place.textContent = username
}

/** Opens the start page. */
function goOn() {
  location.replace('/')
}

/** The status and the reply; throws an error with a sentence when there is none. */
async function ask(path, body) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const asked = body === undefined ? {} : { ...init, body: JSON.stringify(body) }
  const response = await fetch(path, asked).catch(() => {
    throw new Error(UNREACHABLE)
  })
  return { status: response.status, reply: await response.json().catch(() => ({})) }
}

/** Shows one part of the page and moves the focus there. */
function show(id) {
  for (const part of parts) part.hidden = part.id !== id
  if (id === 'join') nameField.focus()
  else byId(id).querySelector('h2')?.focus()
}

function byId(id) {
  return document.getElementById(id)
}
