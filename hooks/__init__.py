"""The build steps of the site that MkDocs and its plugins do not have."""
