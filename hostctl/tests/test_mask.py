"""What mask.py hides of a text, and what it leaves."""
import html
import json
import shlex
import unittest
from urllib.parse import quote, quote_plus

from hostctl import environment
from hostctl.mask import Mask


def mask(**values):
    made = Mask()
    made.add(values)
    return made


class MaskTest(unittest.TestCase):
    def test_without_a_secret_a_text_is_as_it_was(self):
        self.assertEqual(Mask()("as it was"), "as it was")

    def test_values_and_passwords_of_urls_are_hidden(self):
        hide = mask(URL="postgresql://shop:p%40ssword1@db/shop", KEY="hunter2hunter2", DEBUG="1")
        self.assertEqual(hide("with hunter2hunter2 and p@ssword1 and p%40ssword1 at 1"), "with [KEY] and [URL] and [URL] at 1")

    def test_every_form_in_which_programs_repeat_it_is_hidden(self):
        secret = "a\"b'c<d>&é $e`f\\g h"
        hide = mask(KEY=secret)
        written = environment.render({"KEY": secret}).decode()
        for text in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret), json.dumps(secret, ensure_ascii=False), repr(secret),
                     shlex.quote(secret), html.escape(secret), written):
            with self.subTest(text):
                self.assertIn("[KEY]", hide(text))
                self.assertNotIn("h", hide(text).replace("[KEY]", ""))

    def test_of_a_value_of_many_lines_each_line_is_hidden_however_the_breaks_are_written(self):
        secret = "-----BEGIN KEY-----\nfirst-line-of-it\n  second-line-of-it\n}\n"
        hide = mask(KEY=secret)
        for text in (secret, json.dumps(secret), repr(secret), "error near second-line-of-it", secret.replace("\n", "\r\n"), secret.replace("\n", " ")):
            with self.subTest(text):
                self.assertNotRegex(hide(text), "first-line|second-line")
        self.assertEqual(hide("} is a brace"), "} is a brace")

    def test_a_short_one_is_hidden_where_it_stands_alone(self):
        hide = mask(PIN="s3cr", WORD="tiger77")
        self.assertEqual(hide("PIN s3cr, 's3cr', s3cret, tiger77; tiger778"), "PIN [PIN], '[PIN]', s3cret, [WORD]; tiger778")

    def test_it_only_learns_more(self):
        hide = mask(OLD="the-old-password")
        hide.add({"NEW": "the-new-password"})
        self.assertEqual(hide("the-old-password the-new-password"), "[OLD] [NEW]")

    def test_the_longer_of_two_that_overlap_is_hidden_whole(self):
        self.assertEqual(mask(A="password", B="password-and-more")("password-and-more"), "[B]")


if __name__ == "__main__":
    unittest.main()
