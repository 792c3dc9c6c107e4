"""Signatures against AWS's own test suite (aws-sig-v4-test-suite), whose key, time and answers are published."""
import unittest

from hostctl.machine.sigv4 import Credentials, signed

CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
# 20150830T123600Z
SECONDS = 1440938160
SCOPE = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"


def authorization(method, headers, credentials=CREDENTIALS):
    return signed(method, "https://example.amazonaws.com/", headers, b"", credentials, "us-east-1", "service", SECONDS)["Authorization"]


class SignatureTest(unittest.TestCase):
    def test_get_vanilla(self):
        self.assertEqual(authorization("GET", {}), f"{SCOPE}, SignedHeaders=host;x-amz-date, "
                         "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")

    def test_post_vanilla(self):
        self.assertEqual(authorization("POST", {}), f"{SCOPE}, SignedHeaders=host;x-amz-date, "
                         "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")

    def test_post_header_key_sort(self):
        self.assertEqual(authorization("POST", {"My-Header1": "value1"}), f"{SCOPE}, SignedHeaders=host;my-header1;x-amz-date, "
                         "Signature=c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")

    def test_the_token_of_a_role_is_sent_and_signed(self):
        headers = signed("POST", "https://example.amazonaws.com/", {}, b"", Credentials("AKIDEXAMPLE", CREDENTIALS.secret, "TOKEN"), "us-east-1", "service", SECONDS)
        self.assertEqual(headers["X-Amz-Security-Token"], "TOKEN")
        self.assertIn("SignedHeaders=host;x-amz-date;x-amz-security-token,", headers["Authorization"])
