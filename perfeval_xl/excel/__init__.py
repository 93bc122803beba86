"""The Excel side: worksheet functions, what the ribbon buttons do, and the bridge to xlwings."""
