"""What runs inside LibreOffice: the worksheet functions in Calc, and checking the open form.

``component.py`` stands at the top of the .oxt and is all that LibreOffice loads by itself; the rest is imported from
the ``pythonpath`` beside it, together with the parts of ``perfeval_xl`` it needs. LibreOffice's own Python brings no
packages, so ``plain_msgspec.py`` goes along as the module ``msgspec``.
"""
