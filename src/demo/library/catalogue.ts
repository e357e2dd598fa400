// The music of the demo, all of it invented. Titles are in playing order, separated by a new line or
// `|`; on the compilation the artist's id and ` > ` precede each title.

type ArtistEntry = { id: string; name: string; sortname?: string }
export type AlbumEntry = {
  id: string
  artist: string
  name: string
  date: string
  genre: string
  composer?: string
  titles: string
}

export const ARTISTS: ArtistEntry[] = [
  { id: 'tidewater-choir', name: 'The Tidewater Choir', sortname: 'Tidewater Choir, The' },
  { id: 'kesayon-orkesteri', name: 'Kesäyön Orkesteri' },
  { id: 'asa-strom', name: 'Åsa Ström & Grannarna', sortname: 'Ström, Åsa & Grannarna' },
  { id: 'lumen-cafe', name: 'Lumen Café' },
  { id: 'nattbuss-47', name: 'Nattbuss 47' },
  { id: 'faroles-lentos', name: 'Los Faroles Lentos', sortname: 'Faroles Lentos, Los' },
  { id: 'mirai-densha', name: 'ミライ電車', sortname: 'Mirai Densha' },
  { id: 'zdenek-holub', name: 'Zdeněk Holub Trio', sortname: 'Holub, Zdeněk, Trio' },
  { id: 'paper-moons', name: 'Paper Moons of Enceladus' },
  { id: 'grandmas-modem', name: 'Grandma’s Modem' },
  { id: 'oko-i-ukho', name: 'Око и Ухо', sortname: 'Oko i Ukho' },
  { id: 'quatuor-oeillet', name: 'Quatuor Œillet' },
  { id: 'dj-lagom', name: 'DJ Lagom', sortname: 'Lagom, DJ' },
  { id: 'unreasonable-brass', name: 'The Unreasonable Brass', sortname: 'Unreasonable Brass, The' },
  { id: 'wren-halloway', name: 'Wren Halloway', sortname: 'Halloway, Wren' },
  { id: 'salt-and-semaphore', name: 'Salt & Semaphore' },
  { id: 'various', name: 'Various Artists' },
  { id: 'ottiline-vasse', name: 'Ottiline Vasse', sortname: 'Vasse, Ottiline' },
]

// Shows how a page lays out a very long title.
const LONG_TITLE =
  'A Complete and Unabridged Account of Everything I Meant to Say at the Door While Holding My ' +
  'Shoes, My Keys, Half a Lemon Cake and Somebody Else’s Umbrella, Including the Parts You ' +
  'Were Too Kind to Interrupt (Reprise)'

export const ALBUMS: AlbumEntry[] = [
  {
    id: 'the-kettle-hymnal',
    artist: 'tidewater-choir',
    name: 'The Kettle Hymnal',
    date: '1998-10-05',
    genre: 'Choral',
    titles: `The Bread Is Rising | Small Hours, Big Kitchen | Hymn to the Second Cup
      Low Tide, High Voices | Grace Before Breakfast | The Sugar Bowl Amen
      Steam on the Window | Evensong for Washing-up`,
  },
  {
    id: 'harbour-lights-in-four-parts',
    artist: 'tidewater-choir',
    name: 'Harbour Lights in Four Parts',
    date: '2004',
    genre: 'Choral',
    titles: `Pilot Boat | Nine Gulls, One Chip | The Fog Has Manners | Counting the Buoys
      Ropes and Reasons | Lighthouse, Answer Me | Slack Water | All Ashore`,
  },
  {
    id: 'valoisa',
    artist: 'kesayon-orkesteri',
    name: 'Valoisa',
    date: '1976-06-21',
    genre: 'Tango',
    titles: `Juhannustango | Laiturin valssi | Hyttynen ja minä | Saunan jälkeen
      Yö ei tule | Järven pinta hengittää | Mökkitie | Viimeinen lautta`,
  },
  {
    id: 'talvi-on-vitsi',
    artist: 'kesayon-orkesteri',
    name: 'Talvi on vitsi',
    date: '1979',
    genre: 'Tango',
    titles: `Lumiukon jäähyväiset | Kaksi villasukkaa | Pakkastango | Sähkökatko
      Hiihtäjän polkka | Hämärän humppa | Kevät, tule jo`,
  },
  {
    id: 'trappuppgang-c',
    artist: 'asa-strom',
    name: 'Trappuppgång C',
    date: '2011-03-18',
    genre: 'Folk Pop',
    titles: `Tvättstugan är min | Någon har bakat | Lappen på dörren | Fru Öbergs piano
      Hissen stannar här | Cykelrummet | Soprumsvals | Grannsämja | Nyckeln under mattan`,
  },
  {
    id: 'balkongsasong',
    artist: 'asa-strom',
    name: 'Balkongsäsong',
    date: '2014',
    genre: 'Folk Pop',
    titles: `Första kvällen utan jacka | Pelargon | Grillos från trean | Måsarna vet
      Kvällssol i Örebro | Plastmöbler | Regn igen, skål ändå | Filt och höst`,
  },
  {
    id: 'slow-espresso',
    artist: 'lumen-cafe',
    name: 'Slow Espresso',
    date: '2001-11',
    genre: 'Lounge',
    titles: `Crema | The Barista Knows | Table by the Radiator | Déjà Brew
      Two Spoons | Milk, in Theory | Closing Time Is a Suggestion | Grounds for Staying`,
  },
  {
    id: 'apres-the-rain',
    artist: 'lumen-cafe',
    name: 'Après the Rain',
    date: '2006',
    genre: 'Lounge',
    titles: `Umbrella Stand | Petrichor, Please | Puddle Arithmetic | Rain on a Tin Vespa
      Hotel Lobby, 3 a.m. | A Taxi with Opinions | Rain, Again, Politely | Drip`,
  },
  {
    id: 'sista-hallplatsen',
    artist: 'nattbuss-47',
    name: 'Sista hållplatsen',
    date: '2018-09-07',
    genre: 'Synthpop',
    titles: `Avgår 02:14 | Neon på Nynäsvägen | Någon sover på mitt säte | Stoppknappen
      Chaufförens radio | Tomma stolar | Rondellen (Extended) | Gryning, hållplats Gränsen`,
  },
  {
    id: 'ersattningstrafik',
    artist: 'nattbuss-47',
    name: 'Ersättningstrafik',
    date: '2021',
    genre: 'Synthpop',
    titles: `Inställd | Den andra ingången | Högtalarröst | Försening i A-moll
      Bussen som inte fanns | Kontrollanten dansar | Hemåt, ungefär`,
  },
  {
    id: 'la-hora-azul',
    artist: 'faroles-lentos',
    name: 'La hora azul',
    date: '1987',
    genre: 'Bolero',
    titles: `Farol de la esquina | Nadie contesta | El gato del tercero | Mañana será tarde
      La última silla | Corazón con recibo | Niña de los paraguas | Apaga tú la luz`,
  },
  {
    id: 'last-train-to-saturn',
    artist: 'mirai-densha',
    name: '土星行き最終列車',
    date: '1983-12-24',
    genre: 'City Pop',
    titles: `プラットフォーム九番 | Window Seat to Saturn | 真夜中の自動販売機
      Rings & Things | 雨のモノレール | Plastic Summer | 忘れ物センター | 終点で会おう`,
  },
  {
    id: 'neon-commuter',
    artist: 'mirai-densha',
    name: 'Neon Commuter',
    date: '1985',
    genre: 'City Pop',
    titles: `Ticket Gate Love | 東京サイダー | Elevator Sunset | Answering Machine
      水曜日のパレード | Air Conditioner Blues | Rain on Platform Nine | See You, Escalator`,
  },
  {
    id: 'unfinished-sandwich',
    artist: 'zdenek-holub',
    name: 'Unfinished Sandwich',
    date: '1964-02-02',
    genre: 'Jazz',
    titles: `Blues for a Bent Fork | Žižkov at Noon | The Drummer Is Asleep | Řehoř’s Stairs
      Mustard | Seven Eighths of Lunch | Bassist, Mind the Door | Crumbs`,
  },
  {
    id: 'live-at-the-bicycle-repair',
    artist: 'zdenek-holub',
    name: 'Live at the Bicycle Repair',
    date: '1967',
    genre: 'Jazz',
    titles: `Announcement (with Bell) | Spoke Too Soon | Ballad of the Inner Tube
      Patch Kit | Oil on My Trousers | Downhill, No Brakes | Encore for One Customer`,
  },
  {
    id: 'songs-to-orbit-by',
    artist: 'paper-moons',
    name: 'Songs to Orbit By',
    date: '2016-04-29',
    genre: 'Dream Pop',
    titles: `Periapsis | Your Gravity Is Showing | Cassini Waved | Ice Plume Lullaby
      Airlock Etiquette | Long Distance Call, Eighty Minutes | Tidal Lock | Apoapsis`,
  },
  {
    id: 'the-long-one',
    artist: 'paper-moons',
    name: 'A Brief History of Taking Far Too Long to Leave a Party',
    date: '2019',
    genre: 'Dream Pop',
    titles: `Coats on the Bed
      ${LONG_TITLE}
      Okay, Well | Anyway | The Second Goodbye | Taxi Meter Running | We Really Should Do This More`,
  },
  {
    id: 'handshake-protocol',
    artist: 'grandmas-modem',
    name: 'Handshake Protocol',
    date: '1999-09-09',
    genre: 'Chiptune',
    titles: `ATDT | Nobody Touch the Phone | 56k of Love | Guestbook | Under Construction.gif
      Cardigan Overflow | Knit One, Purl Null | </marquee> | NO CARRIER`,
  },
  {
    id: 'have-you-tried-turning-it-off',
    artist: 'grandmas-modem',
    name: 'Have You Tried Turning It Off',
    date: '2002',
    genre: 'Chiptune',
    titles: `Power Cycle | The Cable Drawer | Password on a Post-it | Blinking Lights (All Normal)
      Toner Low | Grandson Hotline | It Works Now, I Did Nothing`,
  },
  {
    id: 'tihiy-signal',
    artist: 'oko-i-ukho',
    name: 'Тихий сигнал',
    date: '1991',
    genre: 'Post-Punk',
    titles: `Радио за стеной | Пустой трамвай | Чайник знает | Белый шум
      Лифт не работает | Письмо без марки | Снег на антенне | Конец передачи`,
  },
  {
    id: 'six-cafes-pour-quatuor',
    artist: 'quatuor-oeillet',
    name: 'Six cafés pour quatuor',
    date: '2009-05-15',
    genre: 'Classical',
    composer: 'ottiline-vasse',
    titles: `I. Serré (Allegro nervoso) | II. Allongé | III. Crème (Andante)
      IV. Noisette | V. Renversé (Scherzo) | VI. L’addition, s’il vous plaît`,
  },
  {
    id: 'good-enough',
    artist: 'dj-lagom',
    name: 'Good Enough',
    date: '2022-01-28',
    genre: 'House',
    titles: `Not Too Loud | Medium Drop | A Reasonable Bassline | Bedtime Is at Eleven
      Four on the Floor, Shoes Off | Moderate Euphoria | Last Song, Probably
      Okay, One More (Radio Edit)`,
  },
  {
    id: 'parade-permit-denied',
    artist: 'unreasonable-brass',
    name: 'Parade Permit Denied',
    date: '1972',
    genre: 'Brass',
    titles: `Overture: Wrong Street | Tuba on a Tandem | March of the Late Arrivals
      Officer, It’s Only a Trombone | Two-Step up the Down Staircase | Cornet Emergency
      The Mayor’s Window | Confetti, Regrettably | Home by Bus`,
  },
  {
    id: 'letters-to-a-lighthouse',
    artist: 'wren-halloway',
    name: 'Letters to a Lighthouse',
    date: '2013-08',
    genre: 'Folk',
    titles: `Dear Keeper | Postage Due | Kelp and Kindness | The Year of No Ferries
      My Father’s Barometer | Rain Is Just the Sea Visiting | Sheep on the Landing Strip
      P.S. | Yours, Mostly`,
  },
  {
    id: 'flags-for-beginners',
    artist: 'salt-and-semaphore',
    name: 'Flags for Beginners',
    date: '2010',
    genre: 'Sea Shanty',
    titles: `Alpha Bravo Breakfast | Haul Away, Gary | The Cook Has Mutinied | Knots I Have Known
      Starboard Is the Other One | Bosun’s Online Dating | Barnacle Bill (Unpaid)
      Wave Back`,
  },
  {
    id: 'kitchen-parties-vol-3',
    artist: 'various',
    name: 'Kitchen Parties, Vol. 3',
    date: '2020-12-11',
    genre: 'Compilation',
    titles: `dj-lagom > The Fridge Hums in D | asa-strom > Någon annans skor
      unreasonable-brass > Saucepan Fanfare | lumen-cafe > Ice Cubes, Slowly
      mirai-densha > 冷蔵庫のうた | salt-and-semaphore > What Shall We Do with the Dishes
      oko-i-ukho > Кухня ночью | grandmas-modem > Microwave Countdown
      wren-halloway > The Neighbours Joined In | kesayon-orkesteri > Keittiöhumppa`,
  },
]

/** A radio station; Mopidy announces its titles in turn as the title of the stream. */
export const STREAM = {
  uri: 'demo:stream:radio',
  name: 'Radio Halfway: music for people who are nearly there',
  titles: [
    'Lumen Café - Déjà Brew',
    'Radio Halfway - The Weather, Roughly',
    'Zdeněk Holub Trio - Mustard',
    'ミライ電車 - 東京サイダー',
    'Radio Halfway - Traffic News for Pedestrians',
    'Wren Halloway - Postage Due',
  ],
}

/** The playlists of a new demo: a name, and the albums and track numbers in it. */
export const PLAYLISTS: [name: string, picks: string[]][] = [
  [
    'Everything with rain in it',
    [
      'apres-the-rain:4',
      'apres-the-rain:7',
      'neon-commuter:7',
      'letters-to-a-lighthouse:6',
      'balkongsasong:7',
      'last-train-to-saturn:5',
    ],
  ],
  [
    'Friday afternoon',
    [
      'good-enough:3',
      'handshake-protocol:3',
      'sista-hallplatsen:2',
      'parade-permit-denied:2',
      'neon-commuter:1',
      'kitchen-parties-vol-3:3',
      'valoisa:1',
      'flags-for-beginners:2',
    ],
  ],
  [
    'Långsam söndag',
    ['trappuppgang-c:2', 'slow-espresso:3', 'unfinished-sandwich:6', 'six-cafes-pour-quatuor:2'],
  ],
  [
    'Night shift',
    ['sista-hallplatsen:1', 'tihiy-signal:4', 'songs-to-orbit-by:4', 'la-hora-azul:8'],
  ],
  ['Short goodbyes', ['the-long-one:2', 'the-long-one:5', 'harbour-lights-in-four-parts:8']],
]
