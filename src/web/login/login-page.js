import { say, translatePage } from '/login/words.js'

const UNREACHABLE = 'Musakone does not answer. Try again in a moment.'

const logInForm = document.getElementById('log-in')
const passwordForm = document.getElementById('choose-password')

logInForm.addEventListener('submit', (event) =>
  submit(event, async () => {
    const { username, password } = logInForm.elements
    const login = await ask('/api/auth/login', {
      username: username.value,
      password: password.value,
    })
    if (!login.user.must_change_password) return leave()
    passwordForm.elements.username.value = login.user.username
    logInForm.hidden = true
    passwordForm.hidden = false
    document.getElementById('new-password').focus()
  }),
)

passwordForm.addEventListener('submit', (event) =>
  submit(event, async () => {
    const chosen = document.getElementById('new-password').value
    if (chosen !== document.getElementById('again').value)
      throw new Error('The two passwords are not the same.')
    await ask('/api/auth/password', {
      current_password: logInForm.elements.password.value,
      new_password: chosen,
    })
    leave()
  }),
)

translatePage()
document.getElementById('username').focus()
goOnIfSignedIn()
welcomeNewcomers()

async function goOnIfSignedIn() {
  try {
    const session = await (await fetch('/api/auth/signed-in')).json()
    if (!session.signed_in) return
    const response = await fetch('/api/auth/me')
    if (!response.ok) return
    const user = await response.json()
    if (user.must_change_password) logInForm.elements.username.value = user.username
    else leave()
  } catch {
    // The person logs in.
  }
}

/** Shows the link to registration where anyone may register. */
async function welcomeNewcomers() {
  try {
    const { policy } = await (await fetch('/api/auth/registration')).json()
    document.getElementById('newcomers').hidden = policy !== 'open'
  } catch {
    // Without an answer the link stays hidden.
  }
}

/** Sends a form, not twice at once, and shows the reason of a failure. */
async function submit(event, work) {
  event.preventDefault()
  const form = event.target
  const button = form.querySelector('button')
  const problem = form.querySelector('.problem')
  problem.textContent = ''
  button.disabled = true
  try {
    await work()
  } catch (error) {
    problem.textContent = say(error.message)
    button.disabled = false
    form.querySelector('[type=password]').select()
    return
  }
  button.disabled = false
}

/** The reply; throws an error whose message is the server's sentence. */
async function ask(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new Error(UNREACHABLE)
  })
  const reply = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(reply.message ?? UNREACHABLE)
  return reply
}

/** Opens the address in `next` if it is on this server, else the start page. */
function leave() {
  const wanted = new URLSearchParams(location.search).get('next') ?? ''
  // One slash, then a character that no browser reads as a second slash.
  const ours = /^\/(?!\/)[!-[\]-~]*$/.test(wanted) && !/^\/login([/?]|$)/.test(wanted)
  location.replace(ours ? wanted : '/')
}
