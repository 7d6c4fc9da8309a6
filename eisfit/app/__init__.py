"""The local app: files dropped, spectra seen, models clicked, fits watched, reports saved.

A face of the same line as the command line. What is clicked is written into the measurement sheet
``series.toml``, so that ``eisfit series FOLDER`` and the script that the app shows give the same.

state       what was clicked, as frozen values with undo; the sheet is its text
editing     one change of the sheet's text, comments kept
storage     the folder: sheet, state and dropped files, written whole
desk        the folder with what was read and computed from it
figure      of what figures for the browser are made; the rooms ending in pictures make them
script      the Python script and the command that give the same numbers
guard       who may speak to the server
server      the server itself; page, and the views that it shows, which share parts
"""
