"""The archive as pages: served by `wirecopy browse`, and as one page by `wirecopy report`. Reads only.

    request ── guard ──> pages ── reading ──> records ── views ──> render (templates) ──> answer
               who may    which    a short     of the     pure: what     HTML, escaped
               ask        page     connection  store      is shown

    server.py    Datasette with our pages in front; a socket; until Ctrl-C
    guard.py     hosts, methods and other sites' requests; headers of every answer
    pages.py     one function a page: parameters -> records -> view
    reading.py   a connection a question, with a deadline
    views.py     pure: records -> what a template shows;  story_view.py, feed_view.py likewise
    plots.py     pure: counts -> bars as SVG, with a table beside them
    snapshot.py  pure: a stored body -> an answer in which nothing runs and nothing is fetched
    render.py    templates and their filters
    report.py    the same plots and tables as one page

Datasette is imported in `server.py`, `pages.py` and `guard.py` alone, Jinja in `render.py`.
"""
