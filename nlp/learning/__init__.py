"""Learning from what operators correct: retraining, an honest comparison, versions of models, and a report of drift."""
