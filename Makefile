.PHONY: demo test lint lock
demo test lint lock:
	python3 dev.py $@
