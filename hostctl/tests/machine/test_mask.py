"""What mask.py hides of a text, and what it leaves."""
import html
import json
import shlex
import unittest
from urllib.parse import quote, quote_plus

from hostctl.machine.mask import Mask
from hostctl.manifest import environment


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
        secret = "a\"b'c<d>&é/= $e`f\\g+h😀i"
        hide = mask(KEY=secret)
        forms = {"as it is": secret, "URL": quote(secret), "URL, nothing safe": quote(secret, safe=""), "form": quote_plus(secret), "URL, lower": quote(secret).replace("%C3%A9", "%c3%a9"),
                 "URL, = alone": secret.replace("=", "%3D"), "JSON": json.dumps(secret), "JSON in UTF-8": json.dumps(secret, ensure_ascii=False),
                 "JSON with \\/": json.dumps(secret).replace("/", "\\/"), "JSON for HTML": json.dumps(secret).replace("'", "\\u0027").replace("<", "\\u003C"), "JSON in JSON": json.dumps(json.dumps(secret)),
                 "Python": repr(secret), "Python in ASCII": ascii(secret), "shell": shlex.quote(secret), "shell, other": secret.replace("'", "'\\''"), "HTML": html.escape(secret),
                 "HTML by number": html.escape(secret).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"), "SQL": secret.replace("'", "''"), "EnvironmentFile": environment.render({"KEY": secret}).decode()}
        for name, text in forms.items():
            with self.subTest(name):
                self.assertIn("[KEY]", hide(text))
                self.assertNotRegex(hide(text).replace("[KEY]", "").replace("KEY=", ""), "[a-zA-Z]")

    def test_of_a_value_of_many_lines_each_line_is_hidden_however_the_breaks_are_written(self):
        secret = "-----BEGIN KEY-----\nfirst-line-of-it\n  second-line-of-it\n}\n"
        hide = mask(KEY=secret)
        for text in (secret, json.dumps(secret), repr(secret), "error near second-line-of-it", secret.replace("\n", "\r\n"), secret.replace("\n", " ")):
            with self.subTest(text):
                self.assertNotRegex(hide(text), "first-line|second-line")
        self.assertEqual(hide("} is a brace"), "} is a brace")

    def test_of_a_key_that_one_line_of_json_holds_each_line_is_hidden(self):
        hide = mask(CREDENTIALS=json.dumps({"type": "account", "key": "-----BEGIN KEY-----\nfirst-line-of-it\nsecond-line-of-it\n"}))
        self.assertEqual(hide("near second-line-of-it"), "near [CREDENTIALS]")

    def test_a_line_break_at_its_end_and_short_lines_are_nothing_to_hide_behind(self):
        self.assertEqual(mask(PIN="tiger7\n")("with 'tiger7'"), "with '[PIN]'")
        self.assertEqual(mask(PAIR="lion88\r\ntiger7")("with 'tiger7' and lion88, not tiger78"), "with '[PAIR]' and [PAIR], not tiger78")

    def test_of_a_webhook_the_path_is_hidden_by_itself_and_a_short_one_is_not(self):
        hide = mask(HOOK="https://hooks.slack.com/services/T0/B0/x7Yz?wait=1", SITE="https://example.org/api")
        self.assertEqual(hide("host='hooks.slack.com': Max retries exceeded with url: /services/T0/B0/x7Yz?wait=1 (GET /api)"), "host='hooks.slack.com': Max retries exceeded with url: [HOOK] (GET /api)")

    def test_the_password_of_a_url_is_hidden_with_letters_that_nobody_encoded(self):
        self.assertEqual(mask(URL="redis://:pa/ss@word1@cache:6379/0")("pa/ss@word1 at cache:6379"), "[URL] at cache:6379")

    def test_of_two_that_overlap_no_rest_is_left(self):
        self.assertEqual(mask(A="AAAABBBB", B="BBBBCCCC")("xAAAABBBBCCCCx AAAABBBB"), "x[A]x [A]")

    def test_a_short_one_is_hidden_where_it_stands_alone(self):
        hide = mask(PIN="s3cr", WORD="tiger77")
        self.assertEqual(hide("PIN s3cr, 's3cr', s3cret, tiger77; tiger778"), "PIN [PIN], '[PIN]', s3cret, [WORD]; tiger778")
        # A letter or digit that belongs to an escape is none of a word.
        self.assertEqual(hide(r"token%3Ds3cr, 'key\ns3cr' and xns3cr"), r"token%3D[PIN], 'key\n[PIN]' and xns3cr")

    def test_it_only_learns_more(self):
        hide = mask(OLD="the-old-password")
        hide.add({"NEW": "the-new-password"})
        self.assertEqual(hide("the-old-password the-new-password"), "[OLD] [NEW]")

    def test_the_longer_of_two_that_overlap_is_hidden_whole(self):
        self.assertEqual(mask(A="password", B="password-and-more")("password-and-more"), "[B]")


if __name__ == "__main__":
    unittest.main()
