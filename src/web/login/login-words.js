/** The German sentences of the login and join pages, by the English ones of pages and server. */
const GERMAN = new Map([
  ['Log in · Musakone', 'Anmelden · Musakone'],
  ['Join · Musakone', 'Mitmachen · Musakone'],
  ['This page needs JavaScript.', 'Diese Seite braucht JavaScript.'],
  ['Log in to choose the music.', 'Melde dich an und bestimme die Musik mit.'],
  ['Name', 'Name'],
  ['Nickname', 'Spitzname'],
  ['Password', 'Passwort'],
  ['Log in', 'Anmelden'],
  ['New here?', 'Neu hier?'],
  ['Make an account', 'Konto anlegen'],
  [
    'Welcome. Choose a password of your own before you go on.',
    'Willkommen. Wähle zuerst ein eigenes Passwort.',
  ],
  ['New password', 'Neues Passwort'],
  ['8 characters or more.', 'Mindestens 8 Zeichen.'],
  ['The same again', 'Noch einmal dasselbe'],
  ['Set password', 'Passwort setzen'],
  ['One moment…', 'Einen Moment …'],
  ['Join in', 'Mach mit'],
  ['Join', 'Mitmachen'],
  ['One word, as the others will see it.', 'Ein Wort, so sehen dich die anderen.'],
  ['As the others will see it.', 'So sehen dich die anderen.'],
  ['Have an account?', 'Schon ein Konto?'],
  ['Welcome back', 'Willkommen zurück'],
  ['You are in as', 'Du bist drin als'],
  ['Go on', 'Weiter'],
  ['Join as somebody else', 'Als jemand anderes mitmachen'],
  ['Sorry, no way in here', 'Hier geht es leider nicht hinein'],
  ['Choose a name and a password.', 'Wähle einen Namen und ein Passwort.'],
  [
    'You are invited as a member. Choose a name and a password.',
    'Du bist als Mitglied eingeladen. Wähle einen Namen und ein Passwort.',
  ],
  [
    'You are invited as a guest. Choose a name and a password.',
    'Du bist als Gast eingeladen. Wähle einen Namen und ein Passwort.',
  ],
  [
    'Nobody can make an account here by themselves. Ask whoever runs the music.',
    'Hier legt niemand selbst ein Konto an. Frag, wer sich um die Musik kümmert.',
  ],
  [
    'An account is made with an invite here. Ask whoever runs the music for a link.',
    'Ein Konto gibt es hier mit einer Einladung. Frag, wer sich um die Musik kümmert, nach einem Link.',
  ],
  ['Ask for a new one.', 'Frag nach einer neuen.'],
  [
    'Musakone does not answer. Try again in a moment.',
    'Musakone antwortet nicht. Versuch es gleich noch einmal.',
  ],
  ['The two passwords are not the same.', 'Die beiden Passwörter sind nicht gleich.'],
  ['The username or the password is wrong.', 'Der Name oder das Passwort stimmt nicht.'],
  ['The current password is wrong.', 'Das bisherige Passwort stimmt nicht.'],
  [
    'The new password must differ from the current one.',
    'Das neue Passwort muss ein anderes sein als das bisherige.',
  ],
  ['The password must have 8 to 256 characters.', 'Das Passwort muss 8 bis 256 Zeichen haben.'],
  [
    'That password is one of the most common: choose another.',
    'Das ist eines der häufigsten Passwörter: wähle ein anderes.',
  ],
  [
    'That password is easy to guess: choose another.',
    'Das Passwort ist leicht zu erraten: wähle ein anderes.',
  ],
  ['That name is already in use.', 'Den Namen hat schon jemand.'],
  [
    'That name looks like one that is already in use.',
    'Dieser Name sieht aus wie einer, den schon jemand hat.',
  ],
  [
    'A name has 1 to 64 visible characters, and no spaces.',
    'Ein Name hat 1 bis 64 sichtbare Zeichen und keine Leerzeichen.',
  ],
  [
    'This invite has ended, has been used up, or never was.',
    'Diese Einladung ist zu Ende, aufgebraucht oder war nie eine.',
  ],
  [
    'This invite counts no more: its maker may not invite people any longer.',
    'Diese Einladung gilt nicht mehr: wer sie gemacht hat, darf niemanden mehr einladen.',
  ],
  ['Too many wrong tries: wait a while.', 'Zu viele falsche Versuche: warte eine Weile.'],
  [
    'Too many accounts are made from your address. Try again later.',
    'Von dort kommen gerade zu viele neue Konten. Versuch es später noch einmal.',
  ],
])

const first = navigator.languages
  .map((tag) => tag.toLowerCase().split('-')[0])
  .find((language) => language === 'de' || language === 'en')

/** Whether German comes before English for this browser. */
export const german = first === 'de'

/** A sentence in the language of the browser; one without a translation stays English. */
export function say(sentence) {
  return german ? (GERMAN.get(sentence) ?? sentence) : sentence
}

/** Translates every text of the page. */
export function translatePage() {
  if (!german) return
  document.documentElement.lang = 'de'
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const { nodeValue: text } = walker.currentNode
    const words = text.trim()
    if (GERMAN.has(words)) walker.currentNode.nodeValue = text.replace(words, say(words))
  }
  for (const element of document.querySelectorAll('[aria-label]'))
    element.setAttribute('aria-label', say(element.getAttribute('aria-label')))
}
