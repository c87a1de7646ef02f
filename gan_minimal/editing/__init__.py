"""What can be done with a trained model; one file for each model that offers more than drawing."""
