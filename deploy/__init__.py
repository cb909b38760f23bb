"""Deploys the function to Google Cloud and manages it there, with nothing but Python, gcloud and curl.

It runs before the packages of this project are installed, so it imports the standard library alone.
"""
