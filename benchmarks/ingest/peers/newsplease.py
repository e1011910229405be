"""news-please: its RssCrawler on the outlets' home pages, which finds RSS feeds alone. It keeps HTML and JSON files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.ingest.peer import Job, Page, Peer

# Its default, less the folders for year, month and day.
NAME = "%appendmd5_full_domain(32)/%appendmd5_url_directory_string(60)_%appendmd5_max_url_file_name_%timestamp_download.html"
CONFIG = """\
[Crawler]
default = RssCrawler
fallbacks = {{"RssCrawler": None, "RecursiveSitemapCrawler": None, "SitemapCrawler": None, "RecursiveCrawler": None, "Download": None}}
check_crawler_has_urls_to_scan = False
check_certificate = True
hours_to_pass_for_redownload_by_rss_crawler = 6
number_of_parallel_crawlers = 5
number_of_parallel_daemons = 10
ignore_file_extensions = "(pdf)"
ignore_regex = "([jJ]avascript)"
sitemap_allow_subdomains = True
sitemap_patterns = []
[Heuristics]
enabled_heuristics = {{"crawler_contains_only_article_alikes": True}}
pass_heuristics_condition = "crawler_contains_only_article_alikes"
min_headlines_for_linked_test = 5
[Files]
relative_to_start_processes_file = False
url_input_file_name = sitelist.hjson
working_path = {work}
local_data_directory = {store}/{name}
format_relative_path = True
[ArticleMasterExtractor]
extractors = ['newspaper_extractor', 'readability_extractor', 'date_extractor', 'lang_detect_extractor']
[DateFilter]
start_date = '1999-01-01 00:00:00'
end_date = '2999-12-31 00:00:00'
strict_mode = False
[Elasticsearch]
[MySQL]
[Postgresql]
[Redis]
[Pandas]
file_name = "PandasStorage"
[Scrapy]
LOG_LEVEL = WARNING
LOG_STDOUT = False
LOG_ENCODING = utf-8
BOT_NAME = 'news-please'
SPIDER_MODULES = ['newsplease.crawler.spiders']
NEWSPIDER_MODULE = 'newsplease.crawler.spiders'
JOBDIRNAME = .resume_jobdir
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 8
DOWNLOAD_DELAY = 0
USER_AGENT = 'news-please (+http://www.example.com/)'
ITEM_PIPELINES = {{'newsplease.pipeline.pipelines.ArticleMasterExtractor': 100,
                  'newsplease.pipeline.pipelines.HtmlFileStorage': 200,
                  'newsplease.pipeline.pipelines.JsonFileStorage': 300}}
ITEM_CLASS = 'newsplease.crawler.items.NewscrawlerItem'
"""


def command(job: Job) -> list[str]:
    """Feeds that are Atom are left out: it finds none of them, and gives up on the outlet."""
    homes = [f"{urlsplit(feed).scheme}://{urlsplit(feed).netloc}/" for feed in job.feeds if job.kinds.get(feed) == "rss"]
    config = job.folder / "config"
    config.mkdir(exist_ok=True)
    (config / "config.cfg").write_text(CONFIG.format(work=job.folder, store=job.store, name=NAME), encoding="utf-8")
    (config / "sitelist.hjson").write_text(json.dumps({"base_urls": [{"url": home} for home in homes]}, indent=1), encoding="utf-8")
    return [str(job.script("news-please")), "-c", str(config)]


def pages(store: Path) -> Iterator[Page]:
    for path in store.glob("**/*.json"):
        read = json.loads(path.read_text(encoding="utf-8"))
        html = path.with_name(path.name.removesuffix(".json"))
        there = (bool(read.get(name)) for name in ("maintext", "title", "date_publish"))
        yield Page(read.get("url") or "", (html.exists() and html.stat().st_size > 0), False, *there)


PEER = Peer(
    "news-please", "`news-please -c FOLDER`: RssCrawler, five at a time; HTML and JSON files; RSS feeds alone", command, pages,
    ("news-please", "lxml_html_clean"),
)  # fmt: skip
