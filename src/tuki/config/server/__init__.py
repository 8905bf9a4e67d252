"""One server for everything: live streams stay on the loop, every page is one hop into a few threads.

Read in this order: `door` (what uvicorn calls), `pages` (the hop), `body`, `environ` and `refusals` (what it needs),
`web` and `plain` (one process of it), `processes` (all of them), `prepare` (what must be so before they start).
"""
