#!/usr/bin/env python3
"""tls.py PROGRAM: certificate files that can be used and those that cannot, and who speaks plain HTTP to a TLS port.

What cannot be used ends the start with a sentence that names it; an ended certificate is served and said. Certificates
are made by the openssl program; without it the test is skipped.
"""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from served import SKIP, Served


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def make(folder, name):
    """A self-signed certificate of localhost and its key; gives both paths."""
    certificate, key = (os.path.join(folder, name + ending) for ending in (".pem", ".key"))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate)
    return certificate, key


def make_ended(folder):
    """Of 2020 to 2021. Of openssl's commands "ca" can set dates in any version."""
    certificate, key = make(folder, "ended")
    request, config = (os.path.join(folder, "ended" + ending) for ending in (".csr", ".cnf"))
    for name, text in (("index.txt", ""), ("serial", "01\n")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"[ca]\ndefault_ca=own\n[own]\ndatabase={folder}/index.txt\nserial={folder}/serial\n"
                   f"new_certs_dir={folder}\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n")
    openssl("req", "-new", "-key", key, "-subj", "/CN=localhost", "-out", request)
    openssl("ca", "-batch", "-config", config, "-selfsign", "-keyfile", key, "-in", request, "-notext", "-startdate",
            "20200101000000Z", "-enddate", "20210101000000Z", "-out", certificate)
    return certificate, key


def refused(program, certificate, key, words, code):
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--shop", os.path.join(folder, "shop"), "serve", "--listen", "127.0.0.1:0",
                   "--insecure-local", "--certificate", certificate]
        # GnuTLS does not free a certificate that it could not read: with leaks told, its loss would end the process
        # with another code.
        done = subprocess.run(command + (["--private-key", key] if key else []), capture_output=True, text=True,
                              timeout=120, check=False, env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"})
    for word in words:
        assert word in done.stderr, (words, done.stderr)
    assert done.returncode == code, (done.returncode, done.stderr)


def get(server, context):
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30, context=context)
    connection.request("GET", "/livez")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def plain(port, sent):
    """What is answered to bytes that are no TLS; an alert of TLS is none to whoever speaks HTTP."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as stranger:
        try:
            stranger.sendall(sent)
            stranger.shutdown(socket.SHUT_WR)
            return stranger.recv(1000)
        except OSError:
            return b""


def served(program, certificate, key, ended):
    options = ["--insecure-local", "--certificate", certificate, "--private-key", key]
    with Served(program, *options) as server:
        trusting = ssl.create_default_context(cafile=certificate)
        trusting.check_hostname = not ended  # that one has no address
        careless = ssl._create_unverified_context()
        assert get(server, careless) == 200
        if ended:
            assert "ended on 2021-01-01" in server.log() and certificate in server.log(), server.log()
            try:
                get(server, trusting)
                raise AssertionError("a client took a certificate that has ended")
            except ssl.SSLCertVerificationError as error:
                assert "expired" in str(error), error
            return
        assert "ended on" not in server.log(), server.log()
        assert get(server, trusting) == 200
        request = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
        for sent in (request, b"\x00" * 500, b"\x16\x03\x01\xff\xff" + b"x" * 2000, b""):
            got = plain(server.port, sent)
            assert b"HTTP" not in got and b"ok" not in got, got
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
        time.sleep(.2)
        assert get(server, trusting) == 200  # it lives, and others are answered meanwhile
        for one in idle:
            one.close()
        assert get(server, trusting) == 200


def main():
    if shutil.which("openssl") is None:
        sys.exit(SKIP)
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="vitrine-tls-") as folder:
        certificate, key = make(folder, "one")
        _, other = make(folder, "other")
        nonsense, missing = os.path.join(folder, "nonsense.pem"), os.path.join(folder, "missing.pem")
        with open(nonsense, "w", encoding="utf-8") as file:
            file.write("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
        refused(program, missing, key, ["missing.pem", "No such file"], 3)
        refused(program, certificate, missing, ["missing.pem", "No such file"], 3)
        refused(program, folder, key, [folder, "a folder"], 4)
        refused(program, certificate, None, ["TLS needs a certificate and its private key"], 2)
        if os.geteuid() != 0:
            os.chmod(key, 0)
            refused(program, certificate, key, [key, "ermission"], 1)
            os.chmod(key, 0o600)
        unusable = ["the certificate and the private key cannot be used"]
        refused(program, nonsense, key, unusable, 4)
        refused(program, certificate, nonsense, unusable, 4)
        refused(program, certificate, other, unusable, 4)
        refused(program, key, certificate, unusable, 4)
        served(program, certificate, key, False)
        served(program, *make_ended(folder), True)


if __name__ == "__main__":
    main()
