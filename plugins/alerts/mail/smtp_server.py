#!/usr/bin/env python3
"""An SMTP server for tests, on loopback: each mail becomes a file N.json in a folder. It refuses the recipients
nobody@ (for ever), busy@ (for now) and later@ (the first time), and mails whose subject has the word poison or, for now,
the word defer.

usage: smtp_server.py FOLDER [--starttls | --implicit] [--certificate FILE] [--key FILE] [--password TEXT]
"""
import argparse
import email
import email.policy
import json
import os
import signal
import ssl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Taker:
    def __init__(self, folder):
        self.folder, self.count, self.later = folder, 0, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        if address.startswith("busy@"):
            return "451 4.2.1 mailbox busy"
        if address.startswith("later@"):
            self.later += 1
            if self.later == 1:
                return "450 4.2.0 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        if "poison" in (message["Subject"] or ""):
            return "554 5.7.1 not wanted here"
        if "defer" in (message["Subject"] or ""):
            return "452 4.3.1 out of storage"
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        name = os.path.join(self.folder, "%d.json" % self.count)
        self.count += 1
        with open(name + ".part", "w", encoding="utf-8") as file:
            json.dump({"from": envelope.mail_from, "to": envelope.rcpt_tos, "headers": message.items(), "parts": parts,
                       "defects": [str(defect) for defect in message.defects],
                       "raw": envelope.content.decode("ascii"), "tls": server.transport.get_extra_info("ssl_object") is not None}, file)
        os.rename(name + ".part", name)
        return "250 OK"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--password")
    arguments = parser.parse_args()
    options = {"hostname": "127.0.0.1", "port": 0, "ready_timeout": 20}
    if arguments.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.certificate, arguments.key)
        if arguments.implicit:
            options["ssl_context"] = context
        else:
            options.update(tls_context=context, require_starttls=arguments.starttls)
    if arguments.password:
        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=data.password == arguments.password.encode(), handled=False)
        options.update(authenticator=check, auth_required=True, auth_require_tls=not arguments.implicit)

    class Listening(Controller):
        # The port that the system chose has to be known before the trial connection.
        def _trigger_server(self):
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    controller = Listening(Taker(arguments.folder), **options)
    controller.start()
    with open(os.path.join(arguments.folder, "port.part"), "w", encoding="utf-8") as file:
        file.write(str(controller.port))
    os.rename(os.path.join(arguments.folder, "port.part"), os.path.join(arguments.folder, "port"))
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
