"""Claims: reserves, settlements, recoveries and catastrophes."""
