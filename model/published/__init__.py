"""The published language: what one context lets the others see."""
