"""The one spider of the house (Scrapy looks for spiders here)."""
