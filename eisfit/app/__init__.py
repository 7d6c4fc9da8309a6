"""The local app: files dropped, spectra shown, models chosen, fits watched, reports saved.

It does the same as the command line. Every choice is written into the measurement sheet
``series.toml``, so that ``eisfit series FOLDER`` and the script that the app shows give the same.

state       the choices, as frozen values with undo; the sheet is their text
editing     one change of the sheet's text, comments kept
storage     the folder: sheet, state and dropped files, written whole
session     the folder with what was read and computed from it
script      the Python script and the command that give the same numbers
guard       which requests the server answers
server      the server and its page
widgets     what the views share; data_view, model_view, series_view and save_view are the views
"""
