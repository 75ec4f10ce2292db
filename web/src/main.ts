document.getElementById('app')!.textContent = 'Vitrine';
