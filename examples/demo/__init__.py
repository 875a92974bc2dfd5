"""The main job on the real sheet, as a client: `kdmp up`, then HTTP and the command alone.

Nothing of kdmp is imported here: people's pages are read and their forms sent as a browser would, results are read
back through the API, files are judged by `kdmp verify`.
"""
