"""An option: releases made on the host, of files that a controller.ini lists. Nothing else knows of it."""
