"""Words that the formats are made of, and small files to begin with where the tests have none."""

from __future__ import annotations


def _words(text: str) -> tuple[bytes, ...]:
    return tuple(word.encode() for word in text.split())


def _lines(text: str) -> bytes:
    return text.strip("\n").encode()


XML = _words("""
<?xml <!DOCTYPE <!ENTITY <![CDATA[ ]]> <!-- --> &amp; &#0; &#xD800; &#x110000; &nbsp; &a; &lt; xml:base= xml:lang= xmlns= xmlns:a=
<rss> <channel> <item> </item> <entry> </entry> <feed <title> </title> <link> <link/> href= rel= type= <guid> <pubDate> <updated>
<published> <id> <content content:encoded dc:date dc:creator media:content <rdf:RDF <urlset> <url> <loc> <news:news> <sitemapindex>
<ttl> <skipHours> <hour> javascript: data: file: http:// https:// // //[ http://[::1 %00 ?page= 2026-11-22T10:00:00Z Sun,
""")
JSON = _words("""{ } [ ] , : "items": "url": "id": "title": "date_published": null true 1e999 "\\ud800" """)
HTML = _words("""
<p> </p> <div> </div> <div class= <article> <h1> </h1> <script> </script> <style> <!-- --> <table> <tr> <td> <td colspan= <ul> <li> <br>
<a href= </a> <img src= <figure> <figcaption> <time datetime= <meta property= content= charset= <title> <base href= <svg> <math> <template>
<noscript> <iframe> <input> <b> <i> <blockquote> <pre> {"@type": "NewsArticle" "headline": "author": "datePublished": "articleBody":
<link rel=canonical application/ld+json og:title article:published_time itemprop= PTI IANS (Reuters) — By | \\u0000 \\ud800
""")
CODINGS = (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"x\x9c", b"\x0b\x02\x80")
URLS = _words("""
http:// https:// // [::1] [ ] @ : :80 :99999 % %2F %00 %zz ? & ; = # .. ../ utm_source= xn-- \\ 0x7f.1 127.1 ⓔ 。 localhost ﷺ ſ
""")
DATES = _words("""
Sun, Nov 22 2026 10:00 AM PM GMT EST IST +0530 -00:00 Z T uhr Uhr le août मार्च 年 月 日 / - . : 1795341600 99999999999999
""")
HEADS = (
    *_words("Location: Retry-After: Content-Type: Set-Cookie: Date: ETag: Expires: Cache-Control: max-age= charset= ;"),
    *(b"\r\n", b"\r\n ", b"\n", b"\0", b": "),
)
SOURCES = _words("""
[fetch] [[outlet]] [[outlet.feed]] [alert] id = "a" url = "https://a.example/" schedule = "15m" quiet = "22:00-06:00" \"\"\" ''' { } # =
""")
ROBOTS = _words("User-agent: Disallow: Allow: Crawl-delay: Sitemap: Request-rate: Visit-time: * $ / %")
TEXT = _words("The said on Monday 12 1,000 — “ ” राम 東京 Also read |")
WARC = _words("""
WARC/1.0 WARC/1.1 WARC-Type: response request revisit metadata warcinfo resource
WARC-Date: WARC-Target-URI: Content-Length: HTTP/1.1 200 OK
""")
PAGES = (b"\x0d\0\0\0", b"\x05\0\0\0", b"\x0a\0\0\0", b"\x02\0\0\0", b"SQLite format 3\0", b"\xff" * 9, b"\0" * 64)
ESCAPES = (b"\x1b[2J", b"\x1b]0;", b"\x07", b"\r", b"\xc2\x9b", b"\xe2\x80\xae", b"\n")

GIVEN_URLS = (
    _lines("""
https://user:pass@Harbour.example:443/a/../b;c?utm_source=x&b=2&a=1#f
//harbour.example/x
/path?q=a%20b
"""),
    _lines("""
https://münchen.example/straße?q=ü
http://[::ffff:127.0.0.1]/
http://0x7f000001/
"""),
)
GIVEN_DATES = (
    _lines("""
Sun, 22 Nov 2026 10:00:00 +0530
2026-11-22T10:00:00.123456789Z
22/11/2026 10:00 IST
November 22, 2026 at 5:30 pm ET
1795341600
"""),
    _lines("""
22 août 2026 à 10h30
2026年11月22日 10:00
22. November 2026, 10:00 Uhr
"""),
)
GIVEN_HEADS = (
    b"Location: /next?a=b\r\nRetry-After: 120\r\nContent-Type: text/html; charset=utf-8\r\nSet-Cookie: a=b; Path=/\r\n\r\n",
    b"Location: http://harbour.example:80/\xc3\xbc\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n folded\r\n\r\n",
)
GIVEN_SOURCES = _lines("""
[fetch]
contact = "mailto:a@b.example"
delay = 1.5

[[outlet]]
id = "a"
name = "A"
timezone = "Asia/Kolkata"
schedule = "*/20 9-17 * * 1-5"
quiet = ["22:00-06:00"]

  [[outlet.feed]]
  url = "https://a.example/rss"
  kind = "rss"
  skip = ["/video/"]

[alert]
command = "tell"
after = "2h"
""")
GIVEN_ROBOTS = _lines("""
User-agent: *
Disallow: /a*b$
Allow: /a
Crawl-delay: 2

User-agent: wirecopy
Disallow:
Sitemap: https://a.example/s.xml
Request-rate: 1/10s 0900-1700
""")
GIVEN_LINES = (
    b'{"url": "https://harbour.example/a", "html": "<p>The harbour.</p>", "fetched_at": "2026-11-22T10:00:00Z"}\n'
    b'{"url": "https://harbour.example/b", "html_base64": "PHA+VGhlIHF1YXku", "fetched_at": "2026-11-22", "title": "B"}\n'
    b'{"link": "https://harbour.example/c", "maintext": "(Reuters) - The quay.\\n\\nIt was shut.", "date": 1700647200, "authors": ["A"]}\n'
)
GIVEN_TEXT = b"The harbour was closed on Monday, the council said.\n\nNobody was hurt. " * 9
