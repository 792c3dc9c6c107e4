workers 0
