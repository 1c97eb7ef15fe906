#!/usr/bin/env python3
"""Mails the demo's edition through a real SMTP server (aiosmtpd) that puts one message off and refuses one recipient.

    post.py KIOSQUE      run in a folder whose store has the edition (KIOSQUE__STORE__PATH)
"""
import email
import email.policy
import os
import socket
import subprocess
import sys

from aiosmtpd.controller import Controller


class Server:
    def __init__(self):
        self.taken, self.put_off = [], 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == "refused@example.org":
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.put_off == 0:
            self.put_off += 1
            return "451 try again later"
        self.taken.append((envelope.rcpt_tos, envelope.content))
        return "250 taken"


server = Server()
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
controller = Controller(server, hostname="127.0.0.1", port=port)
controller.start()
with open("recipients.txt", "w") as out:
    out.write("Zoé <zoe@example.org>\nrefused@example.org\nali@example.org\n")
settings = {
    "SERVER": f"127.0.0.1:{port}", "SECURITY": "none", "FROM": "Revue de presse <revue@example.org>",
    "RECIPIENTS": "recipients.txt", "UNSUBSCRIBE": "https://revue.example/quitter?qui={recipient}", "RETRY_PAUSE_MS": "10",
}
environment = os.environ | {f"KIOSQUE__MAIL__{key}": value for key, value in settings.items()}


def send(status):
    done = subprocess.run([sys.argv[1], "edition", "send"], capture_output=True, text=True, env=environment)
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return done.stderr


try:
    said = send(1)
    assert "refused@example.org" in said and "550" in said, said
    assert [to for to, _ in server.taken] == [["zoe@example.org"], ["ali@example.org"]], server.taken
    message = email.message_from_bytes(server.taken[0][1], policy=email.policy.default)
    assert message["To"] == "Zoé <zoe@example.org>", message["To"]
    assert message["List-Unsubscribe"] == "<https://revue.example/quitter?qui=zoe%40example.org>", message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.is_multipart() and not message.defects
    # Who has it is left out; who was refused is tried again.
    send(1)
    assert len(server.taken) == 2, server.taken
finally:
    controller.stop()
print("ok send: a message put off goes out, one refused is told, nobody gets two")
