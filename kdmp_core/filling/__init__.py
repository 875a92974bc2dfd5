"""Forms that cooperatives fill in themselves: a link per party and event, answers as proposals, a person accepts.

`links` opens the form of one party and nothing else; `answers` keeps what is typed and sent; `reading` reads it with
the sheet's own validation; `deciding` lets a person accept, refuse and undo; `standing` tells where each stands.
"""
