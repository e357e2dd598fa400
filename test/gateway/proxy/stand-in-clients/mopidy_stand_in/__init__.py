"""A Mopidy extension for tests: two web clients, `stand-in` and one that has Iris's addresses."""

import asyncio
import json
import pathlib

import tornado.iostream
import tornado.web
import tornado.websocket
from mopidy import ext

STATIC = pathlib.Path(__file__).parent / "static"


class Extension(ext.Extension):
    dist_name = "Mopidy-Stand-In"
    ext_name = "stand-in"
    version = "1.0"

    def get_default_config(self):
        return "[stand-in]\nenabled = true\n"

    def setup(self, registry):
        registry.add("http:app", {"name": "stand-in", "factory": stand_in})
        registry.add("http:app", {"name": "iris", "factory": iris})


def stand_in(config, core):
    return [
        (r"/echo(?:\.json)?", Echo),
        (r"/stream", Stream),
        (r"/streams", Streams),
        (r"/never", Never),
        (r"/moved", Moved),
        (r"/ws", EchoSocket),
        (r"/(.*)", tornado.web.StaticFileHandler, page()),
    ]


def iris(config, core):
    return [
        (r"/http/([^/]*)", Echo),
        (r"/ws/?", IrisSocket),
        (r"/queue", Index),
        (r"/(.*)", tornado.web.StaticFileHandler, page()),
    ]


def page():
    return {"path": str(STATIC), "default_filename": "index.html"}


class Index(tornado.web.RequestHandler):
    def get(self):
        self.finish((STATIC / "index.html").read_text())


class Echo(tornado.web.RequestHandler):
    """Says what it was asked."""

    def get(self, *_):
        self.add_header("Set-Cookie", "musakone=stolen; Path=/")
        self.add_header("Set-Cookie", "theme=dark; Path=/")
        self.set_header("Cache-Control", "no-store")
        self.finish(
            {
                "method": self.request.method,
                "uri": self.request.uri,
                "headers": [list(pair) for pair in self.request.headers.get_all()],
                "body": self.request.body.decode(),
            }
        )

    post = put = delete = get

    def check_xsrf_cookie(self):
        pass


class Stream(tornado.web.RequestHandler):
    """Goes on for as long as somebody listens; a number a twentieth of a second."""

    open = 0

    async def get(self):
        Stream.open += 1
        try:
            number = 0
            while True:
                self.write(f"{number}\n" + self.get_argument("filling", ""))
                await self.flush()
                number += 1
                await asyncio.sleep(0.05)
        except tornado.iostream.StreamClosedError:
            pass
        finally:
            Stream.open -= 1


class Streams(tornado.web.RequestHandler):
    def get(self):
        self.finish(
            {
                "open": Stream.open,
                "sockets": EchoSocket.open_sockets,
                "closed_with": EchoSocket.closed_with,
            }
        )


class Never(tornado.web.RequestHandler):
    async def get(self):
        await asyncio.sleep(3600)


class Moved(tornado.web.RequestHandler):
    def get(self):
        self.redirect(f"http://{self.request.host}/stand-in/?x=1")


class EchoSocket(tornado.websocket.WebSocketHandler):
    open_sockets = 0
    closed_with = None

    def select_subprotocol(self, subprotocols):
        return subprotocols[0] if subprotocols else None

    def open(self, *_):
        EchoSocket.open_sockets += 1
        headers = dict(self.request.headers.get_all())
        self.write_message(json.dumps({"headers": headers}))

    def on_message(self, message):
        if message == "close":
            self.close(4321, "as asked")
        else:
            self.write_message(message, binary=isinstance(message, bytes))

    def on_close(self):
        EchoSocket.open_sockets -= 1
        EchoSocket.closed_with = self.close_code


class IrisSocket(tornado.websocket.WebSocketHandler):
    """Answers every method with what it got, as if it had been done."""

    def open(self, *_):
        for notice in ("commands_changed", "connection_added"):
            self.write_message(json.dumps({"jsonrpc": "2.0", "method": notice, "params": {}}))

    def on_message(self, message):
        request = json.loads(message)
        reply = {"jsonrpc": "2.0", "id": request.get("id"), "result": request}
        self.write_message(json.dumps(reply))
