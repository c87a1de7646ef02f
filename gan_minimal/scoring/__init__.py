"""What is measured of a trained model; one file for each kind of judgement."""
