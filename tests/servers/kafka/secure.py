"""A broker that lets in who shows a password over TLS (SASL_SSL with PLAIN), with a certificate of the tests' own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.servers.kafka.broker import Broker

USER, PASSWORD = "otklik", "a password of the tests"
JAAS = (
    "org.apache.kafka.common.security.plain.PlainLoginModule required "
    f'username="{USER}" password="{PASSWORD}" user_{USER}="{PASSWORD}";'
)
SECURITY = f"""
inter.broker.listener.name=SASL_SSL
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config={JAAS}
ssl.keystore.type=PEM
ssl.keystore.location={{keys}}
ssl.truststore.type=PEM
ssl.truststore.location={{authority}}
"""


class SecureBroker(Broker):
    """`authority` is the file of the certificate that clients must trust."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.authority = folder / "certificate.pem"
        keys = folder / "keys.pem"
        make_certificate(self.authority, keys)
        plain = self._properties.read_text()
        secured = plain.replace("CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL")
        secured = secured.replace("PLAINTEXT://", "SASL_SSL://")
        self._properties.write_text(secured + SECURITY.format(keys=keys, authority=self.authority))


def make_certificate(certificate: Path, keys: Path) -> None:
    """A key and a certificate signed by itself for 127.0.0.1; `keys` gets both."""
    key = keys.with_suffix(".key")
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    keys.write_text(key.read_text() + certificate.read_text())
