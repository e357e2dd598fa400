import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/executable'
import { until } from '../support/test-musakone'
import { freePort } from './port'

export type Nginx = Readonly<{ url: string; version: string; stop(): Promise<void> }>

/** The reverse proxy that people put before Mopidy today; undefined when it is not installed. */
export async function startNginx(mopidyPort: number): Promise<Nginx | undefined> {
  const binary = Bun.which('nginx') ?? Bun.which('nginx', { PATH: '/usr/sbin:/usr/local/sbin' })
  if (binary === null) return undefined
  const folder = temporaryFolder()
  const port = freePort()
  mkdirSync(join(folder, 'logs'))
  await Bun.write(join(folder, 'nginx.conf'), configuration(folder, port, mopidyPort))
  const child = Bun.spawn([binary, '-p', folder, '-c', 'nginx.conf', '-e', 'logs/error.log'], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
  })
  process.on('exit', () => child.kill())
  const url = `http://127.0.0.1:${port}/mopidy/`
  await until(() => fetch(url).then(isOk, () => child.exitCode !== null), 'nginx')
  if (child.exitCode !== null) throw new Error(`nginx exited with ${child.exitCode}`)

  return {
    url: `ws://127.0.0.1:${port}/mopidy/ws`,
    version: Bun.spawnSync([binary, '-v']).stderr.toString().trim().replace('nginx version: ', ''),
    async stop() {
      child.kill()
      await child.exited
    },
  }
}

const isOk = ({ ok }: Response) => ok

// As nginx's own page on WebSocket proxying has it; without the access log, which Musakone has not.
function configuration(folder: string, port: number, mopidyPort: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 512; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${mopidyPort};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header Host $http_host;
      proxy_read_timeout 1h;
    }
  }
}
`
}
