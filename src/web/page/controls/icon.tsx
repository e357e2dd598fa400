/** Paths on a square of 24 units, drawn in the colour of the text. */
const shapes = {
  play: (
    <path
      d="M7.5 4.8v14.4a.8.8 0 0 0 1.2.7l11.6-7.2a.8.8 0 0 0 0-1.4L8.7 4.1a.8.8 0 0 0-1.2.7z"
      fill="currentColor"
      stroke="none"
    />
  ),
  pause: <path d="M6 4.5h4.2v15H6zM13.8 4.5H18v15h-4.2z" fill="currentColor" stroke="none" />,
  next: (
    <path
      d="M5 5.2v13.6a.7.7 0 0 0 1.1.6L16 12.6V19h2.6V5H16v6.4L6.1 4.600A.7.7 0 0 0 5 5.200z"
      fill="currentColor"
      stroke="none"
    />
  ),
  previous: (
    <path
      d="M19 5.2v13.6a.7.7 0 0 1-1.1.6L8 12.6V19H5.400V5H8v6.400l9.9-6.800A.7.7 0 0 1 19 5.200z"
      fill="currentColor"
      stroke="none"
    />
  ),
  stop: <rect x="6" y="6" width="12" height="12" rx="1.5" fill="currentColor" stroke="none" />,
  note: (
    <path d="M9 18V5.500l11-2V16M9 18a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm11-2a3 3 0 1 1-6 0 3 3 0 0 1 6 0z" />
  ),
  queue: <path d="M4 6h16M4 11h16M4 16h9M17 14.500v6l4.5-3z" />,
  search: <path d="M10.5 17.500a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM15.8 15.8 21 21" />,
  library: <path d="M4.5 4v16M9.5 4v16M14 4.6 19.5 19.4" />,
  list: <path d="M8 6h12M8 12h12M8 18h12M3.8 6h.01M3.8 12h.01M3.8 18h.01" />,
  dice: (
    <>
      <rect x="4" y="4" width="16" height="16" rx="2" />
      <path
        d="M8.500 8.500h.01M15.500 8.500h.01M12 12h.01M8.500 15.500h.01M15.500 15.500h.01"
        stroke-width="2.8"
      />
    </>
  ),
  leave: <path d="M10 4H5v16h5M9.500 12H20M16 8l4 4-4 4" />,
  collect: <path d="M4 6h15M4 11h9M4 16h6M17 13v7M13.500 16.500h7" />,
  screen: <path d="M3 5h18v12H3zM8.5 21h7" />,
  plus: <path d="M12 5v14M5 12h14" />,
  check: <path d="m4.5 12.5 5 5 10-11" />,
  more: <path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3" />,
  close: <path d="M6 6l12 12M18 6 6 18" />,
  back: <path d="M15 5l-7 7 7 7" />,
  forward: <path d="m9 5 7 7-7 7" />,
  grip: <path d="M4.5 9h15M4.5 15h15" />,
  volume: (
    <path d="M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.500a7.8 7.8 0 0 1 0 11" />
  ),
  mute: <path d="M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM16 9.500l5 5M21 9.500l-5 5" />,
  random: (
    <path d="M3 7h3.500c5 0 6 10 11 10H21M3 17h3.500c1.8 0 3-1.3 4-2.900M13.5 9.900c1-1.6 2.2-2.9 4-2.900H21M18.5 4.5 21 7l-2.5 2.500M18.5 14.5 21 17l-2.5 2.5" />
  ),
  repeat: (
    <path d="M4 11V9.500A3.5 3.5 0 0 1 7.5 6H19M16.5 3.5 19 6l-2.5 2.500M20 13v1.500a3.5 3.5 0 0 1-3.5 3.500H5M7.5 15.5 5 18l2.5 2.5" />
  ),
  single: <path d="M4 6h9M4 11h9M4 16h5M17.5 8v9M15 10.2 17.5 8M15 17h5" />,
  consume: <path d="M4 6h12M4 11h8M4 16h5M14 14l6 6M20 14l-6 6" />,
  trash: <path d="M4 6.500h16M9.5 6V4h5v2M6 6.5 7 20h10l1-13.500M10 10.500v6M14 10.500v6" />,
  up: <path d="M12 19V5M6 11l6-6 6 6" />,
  down: <path d="M12 5v14M6 13l6 6 6-6" />,
  nextUp: <path d="M4 5h10M4 10h10M4 15h5M13 18h7M17 15l3 3-3 3" />,
  folder: <path d="M3 6.500h6l2 2.500h10v10.500H3z" />,
  artist: <path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.500c.8-4 3.7-6 7.5-6s6.7 2 7.5 6" />,
  album: <path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z" />,
  chart: <path d="M5 20v-7M10 20V9M15 20v-5M20 20V4" />,
  people: (
    <path d="M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19.500c.6-3.400 3-5 6.500-5s5.900 1.600 6.500 5M15.500 4.800a3.500 3.500 0 0 1 0 6.400M18 14.900c2 .7 3.200 2.300 3.500 4.600" />
  ),
  clock: <path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.500l3.500 2" />,
  hidden: (
    <path d="M4 4l16 16M9.900 6.300A9.500 9.500 0 0 1 12 6c4.500 0 7.800 3 9.500 6a14 14 0 0 1-2.700 3.400M6.300 8.100A14 14 0 0 0 2.500 12c1.700 3 5 6 9.500 6 1.500 0 2.900-.3 4.100-.9M10 10.200a2.800 2.800 0 0 0 3.900 3.900" />
  ),
  download: <path d="M12 4v11M7 10.500l5 5 5-5M5 20h14" />,
  upload: <path d="M12 16V4.500M7 9l5-5 5 5M5 20h14" />,
  key: (
    <path d="M8 19a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM11.2 11.300 19.500 3M16.500 6l3 3M14 8.500l2 2" />
  ),
  shield: (
    <path d="M12 3 4.500 6v5.500c0 4.600 3 7.900 7.500 9.500 4.500-1.600 7.500-4.900 7.500-9.500V6z" />
  ),
  print: <path d="M7 9V3.500h10V9M7 17H4V9.500h16V17h-3M7 14h10v6.500H7z" />,
  link: (
    <path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.500 1.500M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.500-1.500" />
  ),
  gauge: (
    <path d="M4.200 18a9.500 9.500 0 1 1 15.600 0M12 13.500l4-5M12 15a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3z" />
  ),
  archive: <path d="M3.500 4.500h17v4h-17zM5 8.500V20h14V8.500M9.500 12.500h5" />,
  ticket: <path d="M4 6h16v4a2 2 0 0 0 0 4v4H4v-4a2 2 0 0 0 0-4zM14 6.500v2M14 11v2M14 15.500v2" />,
  sliders: (
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9M15 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM9 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z" />
  ),
  book: <path d="M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11M9 8h6" />,
  save: <path d="M5 4h11l3 3v13H5zM8.5 4v5h6V4M8.5 20v-6h7v6" />,
  pencil: <path d="M4 20l1-4.500L16.5 4 20 7.5 8.5 19z" />,
  offline: (
    <path d="M3 3l18 18M8.5 8.600A12 12 0 0 0 3 11.500M21 11.500a12 12 0 0 0-8.5-3.500M6.5 15a8 8 0 0 1 4.6-2.200M17.5 15l-1.5-1.200M12 19h.01" />
  ),
}
export type IconName = keyof typeof shapes

/** An icon. It is hidden from screen readers: words or a label stand beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {shapes[name]}
    </svg>
  )
}
