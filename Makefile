.PHONY: demo test lint lock faults
demo test lint lock faults:
	python3 dev.py $@
