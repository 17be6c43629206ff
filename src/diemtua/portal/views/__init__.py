"""Pages of the portal, one file a subject; `serving` answers for pages that are edited in Wagtail."""
